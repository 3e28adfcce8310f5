// Starts a mockapi server for Node's test runner, and moves its controls.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Starts `mockapi --port 0` and reads its base URL off the banner.
 * @param {string[]} flags further flags, such as ["--tier", "1"]
 */
export async function startMockapi(flags = []) {
  const server = spawn("mockapi", ["--port", "0", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  const failed = new Promise((_, reject) => {
    server.once("error", reject);
    server.once("exit", (status) => reject(new Error(`mockapi ended with status ${status} before it was ready`)));
  });
  const ready = (async () => {
    for await (const line of createInterface({ input: server.stdout })) {
      const found = /OPENAI_BASE_URL=(\S+)/.exec(line);
      if (found) return found[1];
    }
    return failed;
  })();
  const baseURL = await Promise.race([ready, failed]);
  failed.catch(() => {});
  server.stdout.resume();
  return {
    baseURL,
    /** A project of its own for a test: any key opens one. */
    project: (name, tier = 5) => new Project(baseURL, `sk-mock-tier${tier}-${name}`),
    async stop() {
      server.kill();
      if (server.exitCode === null) await once(server, "exit");
    },
  };
}

class Project {
  constructor(baseURL, apiKey) {
    this.baseURL = baseURL;
    this.apiKey = apiKey;
  }

  /** A call of the API. */
  call(path, body) {
    return this.#ask(`${this.baseURL}${path}`, body);
  }

  /** A control of the mock's, such as ("clock", { advance: "24h" }). */
  async control(name, body) {
    const reply = await this.#ask(`${this.baseURL.replace(/\/v1$/, "")}/_mock/${name}`, body);
    if (!reply.ok) throw new Error(await reply.text());
    return reply.json();
  }

  #ask(url, body) {
    return fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${this.apiKey}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }
}
