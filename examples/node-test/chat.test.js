import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startMockapi } from "./mockapi.js";

const hello = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Say hello" }] };
let mock;

before(async () => {
  mock = await startMockapi();
});

after(() => mock?.stop());

test("the model says what it is told to say", async () => {
  const reply = await mock.project("says").call("/chat/completions", hello);
  assert.equal(reply.status, 200);
  assert.equal((await reply.json()).choices[0].message.content, "Hello!");
});

test("a stream ends with [DONE]", async () => {
  const reply = await mock.project("stream").call("/chat/completions", { ...hello, stream: true });
  const events = (await reply.text()).trim().split("\n\n");
  assert.equal(events.at(-1), "data: [DONE]");
});

test("requests come back after a day", async () => {
  const project = mock.project("limits", 1);
  await project.control("clock", { freeze: true });
  const remaining = async () => (await project.call("/chat/completions", hello)).headers.get("x-ratelimit-remaining-requests");
  const first = await remaining();
  assert.equal(Number(await remaining()), Number(first) - 1);
  await project.control("clock", { advance: "24h" });
  assert.equal(await remaining(), first);
});

// The official client, where it is installed (npm install).
const openai = await import("openai").catch(() => null);

if (openai) {
  test("the official client notices nothing", async () => {
    const { baseURL, apiKey } = mock.project("client");
    const client = new openai.default({ baseURL, apiKey });
    const completion = await client.chat.completions.create(hello);
    assert.equal(completion.choices[0].message.content, "Hello!");
    assert.equal(completion.usage.prompt_tokens, 9);
  });
}
