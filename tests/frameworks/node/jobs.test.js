import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";

import { toFile } from "openai";
import { model, open } from "./shared.js";

test("a batch runs its file, and a webhook tells of it", async () => {
  const client = open("batches");
  const receiver = createServer();
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const told = once(receiver, "request");
  const mock = process.env.OPENAI_BASE_URL.replace(/\/v1$/, "/_mock");
  const added = await fetch(`${mock}/webhooks`, {
    method: "POST",
    headers: { authorization: `Bearer ${client.apiKey}` },
    body: JSON.stringify({ url: `http://127.0.0.1:${receiver.address().port}/hook` }),
  });
  const { secret } = await added.json();

  const line = { custom_id: "1", method: "POST", url: "/v1/responses", body: { model, input: "Say hello" } };
  const file = await client.files.create({ file: await toFile(Buffer.from(JSON.stringify(line)), "lines.jsonl"), purpose: "batch" });
  const batch = await client.batches.create({ input_file_id: file.id, endpoint: "/v1/responses", completion_window: "24h" });

  const [request, answer] = await told;
  const event = await client.webhooks.unwrap(await text(request), request.headers, secret);
  answer.end();
  receiver.close();
  assert.deepEqual([event.type, event.data.id], ["batch.completed", batch.id]);
  const { output_file_id } = await client.batches.retrieve(batch.id);
  const [row] = (await (await client.files.content(output_file_id)).text()).trim().split("\n").map(JSON.parse);
  assert.equal(row.response.body.output[0].content[0].text, "Hello!");
});

test("a vector store is searched, by itself and by a response", async () => {
  const client = open("stores");
  const store = await client.vectorStores.create({ name: "Facts" });
  const file = await toFile(Buffer.from("The capital of Elbonia is Mudville."), "elbonia.txt");
  await client.vectorStores.files.uploadAndPoll(store.id, file, { pollIntervalMs: 20 });
  const found = await client.vectorStores.search(store.id, { query: "capital of Elbonia" });
  assert.equal(found.data[0].content[0].text, "The capital of Elbonia is Mudville.");
  const response = await client.responses.create({
    model,
    input: "What is the capital of Elbonia?",
    tools: [{ type: "file_search", vector_store_ids: [store.id] }],
  });
  assert.match(response.output_text, /Mudville/);
  assert.equal(response.output.at(-1).content[0].annotations[0].filename, "elbonia.txt");
});
