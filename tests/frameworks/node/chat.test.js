import assert from "node:assert/strict";
import { test } from "node:test";

import { asChat, fair, getWeather, model, open, place, told, weather, whoGoes } from "./shared.js";

const messages = [{ role: "user", content: weather }];
const tools = [
  { type: "function", function: { name: "get_weather", description: "The weather in a city", parameters: place, parse: JSON.parse, function: getWeather } },
];

test("whole and streamed", async () => {
  const chat = open("chat").chat.completions;
  const asked = { model, messages: [{ role: "user", content: "Say hello to the world" }] };
  const whole = await chat.create(asked);
  const stream = chat.stream({ ...asked, stream_options: { include_usage: true } });
  let said = "";
  stream.on("content", (delta) => (said += delta));
  assert.equal(await stream.finalContent(), "Hello to the world.");
  assert.equal(said, whole.choices[0].message.content);
  assert.deepEqual((await stream.totalUsage()).total_tokens, whole.usage.total_tokens);
});

for (const stream of [false, true]) {
  test(`tools go round, ${stream ? "streamed" : "whole"}`, async () => {
    const runner = open(`tools-${stream}`).chat.completions.runTools({ model, messages, tools, stream });
    assert.equal(await runner.finalContent(), told);
    assert.equal(runner.messages.length, 4);
  });
}

test("a schema is kept to and parsed", async () => {
  const chat = open("parse").chat.completions;
  const asked = { model, messages: [{ role: "user", content: fair }], response_format: asChat() };
  assert.deepEqual((await chat.parse(asked)).choices[0].message.parsed, whoGoes);
  assert.deepEqual((await chat.stream(asked).finalChatCompletion()).choices[0].message.parsed, whoGoes);
});

test("errors have their classes", async () => {
  await assert.rejects(open("error").chat.completions.create({ model: "nothing", messages }), (error) => {
    assert.equal(error.constructor.name, "NotFoundError");
    assert.equal(error.code, "model_not_found");
    assert.match(error.requestID, /^req_/);
    return true;
  });
});
