import assert from "node:assert/strict";
import { test } from "node:test";

import { ResponsesWS } from "openai/resources/responses/ws";
import { asText, fair, getWeather, model, open, place, told, weather, whoGoes } from "./shared.js";

const tools = [{ type: "function", name: "get_weather", description: "The weather in a city", parameters: place, strict: true }];

test("whole and streamed, event by event", async () => {
  const client = open("responses");
  const whole = await client.responses.create({ model, input: "Say hello to the world" });
  const stream = client.responses.stream({ model, input: "Say hello to the world" });
  const kinds = [];
  let said = "";
  stream.on("event", (event) => kinds.push(event.type));
  stream.on("response.output_text.delta", (event) => (said += event.delta));
  assert.equal((await stream.finalResponse()).output_text, whole.output_text);
  assert.equal(said, "Hello to the world.");
  assert.deepEqual([kinds[0], kinds.at(-1)], ["response.created", "response.completed"]);
});

for (const streamed of [false, true]) {
  test(`calls and results go round, ${streamed ? "streamed" : "whole"}`, async () => {
    const { responses } = open(`round-${streamed}`);
    const ask = async (body) => (streamed ? responses.stream(body).finalResponse() : responses.create(body));
    let input = weather;
    let response;
    let turns = 0;
    do {
      response = await ask({ model, input, tools, previous_response_id: response?.id });
      input = response.output
        .filter((item) => item.type === "function_call")
        .map((call) => ({ type: "function_call_output", call_id: call.call_id, output: getWeather(JSON.parse(call.arguments)) }));
    } while (input.length && ++turns < 5);
    assert.deepEqual([turns, response.output_text], [1, told]);
  });
}

test("a schema is kept to and parsed", async () => {
  const { responses } = open("parse");
  const asked = { model, input: fair, text: { format: asText() } };
  assert.deepEqual((await responses.parse(asked)).output_parsed, whoGoes);
  assert.deepEqual((await responses.stream(asked).finalResponse()).output_parsed, whoGoes);
});

test("conversations keep what was said", async () => {
  const client = open("conversations");
  const conversation = await client.conversations.create({ items: [{ type: "message", role: "user", content: "I am Ada." }] });
  await client.responses.create({ model, input: "Say hello", conversation: conversation.id });
  const items = [];
  for await (const item of client.conversations.items.list(conversation.id, { order: "asc", limit: 1 })) items.push(item.role);
  assert.deepEqual(items, ["user", "user", "assistant"]);
});

test("over a WebSocket", async () => {
  const socket = new ResponsesWS(open("socket"));
  try {
    const done = new Promise((resolve, reject) => {
      socket.on("response.completed", resolve);
      socket.on("error", reject);
    });
    socket.send({ type: "response.create", model, input: "Say hello" });
    assert.equal((await done).response.output[0].content[0].text, "Hello!");
  } finally {
    socket.close();
  }
});
