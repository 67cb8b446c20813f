import { expect, test } from "bun:test";
import { join } from "node:path";
import { lineReader } from "../../../scripts/bench/load.ts";
import { configOf, testGateway } from "../../support/gateway.ts";
import { ROOT } from "../../support/source.ts";

/** Asks the gateway for real, or does something else with the answer. */
async function play(answered: (response: Response) => Response | Promise<Response>) {
  const child = Bun.spawn([process.execPath, join(ROOT, "scripts/bench/cut-streams.ts"), "4", "1", "5"], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const line = lineReader(child.stdout);
  const target = { id: "a", model: "bench", provider: "mistral", base_url: `http://127.0.0.1:${await line()}/v1` };
  const { gateway } = testGateway(configOf([target]), { env: { MISTRAL_API_KEY: "k" } });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => answered(await gateway.answer("chat", request, { id: "x", address: null })),
  });
  await child.stdin.write(`${server.port}\n`);
  await child.stdin.end();
  const seen = JSON.parse((await line()) ?? "{}") as Record<string, number>;
  await child.exited;
  await server.stop(true);
  return seen;
}

test("cut-streams tells whole streams from those that only look like it", async () => {
  const good = await play((response) => response);
  expect(good).toMatchObject({ short: 0, lost: 0, unfinished: 0, error_status: 0 });
  expect(good["whole"]).toBeGreaterThan(3);
  // who swallows a word of every answer is found out
  const bad = await play(async (response) => {
    const text = await response.text();
    // in two pieces, so that it is sent in chunks
    const pieces = text.replace("word-7 ", "").split(/(?<=word-20)/);
    const body = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve));
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(piece));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  expect(bad).toMatchObject({ whole: 0, lost: 0 });
  expect(bad["short"]).toBeGreaterThan(3);
}, 60_000);
