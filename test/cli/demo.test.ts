import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import OpenAI from "openai";
import { main } from "../../src/cli/cli.ts";
import { fakeIo } from "./fake-io.ts";
import { emptyFolder, serving } from "./running.ts";

/** Runs a printed curl line with fetch: URL, headers and data as they stand. */
async function runCurl(line: string): Promise<Response> {
  const url = /curl (\S+)/.exec(line)![1]!;
  const header = /-H '([^:']+): ([^']+)'/.exec(line);
  const body = /-d '([^']+)'/.exec(line)?.[1];
  return fetch(url, {
    ...(body === undefined ? {} : { method: "POST", body }),
    headers: header === null ? {} : { [header[1]!]: header[2]! },
  });
}
const curlLines = (text: string) => text.split("\n").filter((line) => line.trim().startsWith("curl "));

describe("demo", () => {
  test("every printed curl line works as printed, and stopping it leaves nothing behind", async () => {
    const running = await serving(["demo", "--listen", "127.0.0.1:0"]);
    await running.io.saw("Stop it with");
    const lines = curlLines(running.io.written.out);
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) expect([line, (await runCurl(line)).status]).toEqual([line, 200]);
    const { choices, model } = (await (await runCurl(lines[0]!)).json()) as {
      choices: { message: { content: string } }[];
      model: string;
    };
    expect(choices[0]!.message.content).toContain("simulated");
    expect(model).toStartWith("simulated/");
    running.io.stop();
    expect(await running.exit).toBe(0);
  });

  test("answers the users' own clients: chat, stream, embeddings, code", async () => {
    const running = await serving(["demo", "--listen", "127.0.0.1:0"]);
    const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: "unused", maxRetries: 0 });
    for (const model of ["mistral-large-latest", "mistral-small-latest", "codestral-latest"]) {
      const messages = [{ role: "user" as const, content: "hello" }];
      const whole = await client.chat.completions.create({ model, messages, max_tokens: 16 });
      expect(whole.choices[0]!.message.content).toBeTruthy();
      let text = "";
      const stream = await client.chat.completions.create({ model, messages, max_tokens: 16, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]!.delta.content ?? "";
      expect(text).toBe(whole.choices[0]!.message.content!);
    }
    const vectors = await client.embeddings.create({ model: "mistral-embed", input: ["a", "b"] });
    expect(vectors.data.map(({ embedding }) => embedding.length > 0)).toEqual([true, true]);
    const fim = await fetch(`${running.url}/v1/fim/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "codestral-latest", prompt: "def f(", suffix: "return a" }),
    });
    expect(fim.status).toBe(200);
    running.io.stop();
    expect(await running.exit).toBe(0);
  }, 20_000);

  test("without --listen, a taken port 8080 is said and another is used", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => {
      blocker.on("error", () => resolve());
      blocker.listen(8080, "127.0.0.1", resolve);
    });
    const running = await serving(["demo"]);
    expect(running.io.written.err).toContain("Port 8080 is taken");
    expect(new URL(running.url).port).not.toBe("8080");
    await running.io.saw("Stop it with");
    expect((await runCurl(curlLines(running.io.written.out)[0]!)).status).toBe(200);
    running.io.stop();
    expect(await running.exit).toBe(0);
    blocker.close();
  });

  test("--state-dir keeps the ledger, which the commands can read afterwards", async () => {
    const state = emptyFolder();
    const running = await serving(["demo", "--listen", "127.0.0.1:0", "--state-dir", state]);
    await running.io.saw("Stop it with");
    await runCurl(curlLines(running.io.written.out)[0]!);
    running.io.stop();
    expect(await running.exit).toBe(0);
    expect(existsSync(`${state}/ledger.db`)).toBe(true);
    const io = fakeIo();
    expect(await main(["events", "tail", "--state-dir", state], io)).toBe(0);
    expect(io.written.out).toContain("mistral-large-latest");
  });

  test("an address that makes no sense is exit 2", async () => {
    const io = fakeIo();
    expect(await main(["demo", "--listen", "nowhere"], io)).toBe(2);
    expect(io.written.err).toContain("HOST:PORT");
  });
});
