import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";

import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { getWeather, open, place, told, weather } from "./shared.js";

test("a session calls a tool and tells its result", { timeout: 20_000 }, async () => {
  // The SDK makes a wss: address of any base URL; this goes there without TLS.
  const options = { createConnection: connect };
  const socket = await OpenAIRealtimeWS.create(open("realtime"), { model: "gpt-realtime", options });
  try {
    const said = await new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("session.created", () => {
        const tools = [{ type: "function", name: "get_weather", description: "The weather in a city", parameters: place }];
        socket.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"], tools } });
        socket.send({
          type: "conversation.item.create",
          item: { type: "message", role: "user", content: [{ type: "input_text", text: weather }] },
        });
        socket.send({ type: "response.create" });
      });
      socket.on("response.function_call_arguments.done", ({ call_id, arguments: given }) => {
        const item = { type: "function_call_output", call_id, output: getWeather(JSON.parse(given)) };
        socket.send({ type: "conversation.item.create", item });
      });
      socket.on("response.done", ({ response }) => {
        if (response.output[0].type === "function_call") socket.send({ type: "response.create" });
      });
      socket.on("response.output_text.done", (event) => resolve(event.text));
    });
    assert.equal(said, told);
  } finally {
    socket.close();
  }
});
