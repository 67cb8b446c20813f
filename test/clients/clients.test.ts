import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { needs } from "../support/require.ts";
import { type SpawnedGateway, startGateway } from "../support/spawn-gateway.ts";
import { type Driver, type Endpoint, thrown } from "./driver.ts";
import { aiDriver } from "./drivers/ai.ts";
import { langchainDriver } from "./drivers/langchain.ts";
import { mistralDriver } from "./drivers/mistral.ts";
import { openaiDriver } from "./drivers/openai.ts";
import { pythonDriver, pythonReady } from "./drivers/python.ts";
import { type Dialect, JSON_TEXT, TEXT, TOOL, VECTORS } from "./scripted-answers.ts";
import { PROMPT, type ScriptedUpstream, startScriptedUpstream } from "./scripted-upstream.ts";

const START_MS = 60_000;
const MODEL = "upstream-model";
const TOOL_CALL = { name: TOOL.name, arguments: JSON.parse(TOOL.arguments) };

const LIBRARIES: Readonly<Record<string, { readonly make: (to: Endpoint) => Driver; readonly there: boolean }>> = {
  openai: { make: openaiDriver, there: true },
  "@mistralai/mistralai": { make: mistralDriver, there: true },
  "ai with openai-compatible": { make: (to) => aiDriver("openai-compatible", to), there: true },
  "ai with mistral": { make: (to) => aiDriver("mistral", to), there: true },
  "@langchain/openai": { make: (to) => langchainDriver("openai", to), there: true },
  "@langchain/mistralai": { make: (to) => langchainDriver("mistralai", to), there: true },
  "openai of Python": { make: pythonDriver, there: needs("python3", pythonReady) },
};

function config(upstream: ScriptedUpstream): object {
  const target = {
    id: "vendor",
    provider: upstream.dialect === "mistral" ? "mistral" : "openai",
    model: MODEL,
    base_url: upstream.baseUrl,
    secret_key_ref: { env: "VENDOR_KEY" },
  };
  return {
    pack: { name: "clients", version: "1.0.0", enabled: true },
    policies: { chain: ["audit-logger"] },
    // the one target has to fail often here
    providers: { fallback: { stream_resume: "off" }, circuit_breaker: { enabled: false }, targets: [target] },
  };
}

describe.each(["openai", "mistral"] as const)("in front of an upstream that speaks as %s", (dialect: Dialect) => {
  let upstream: ScriptedUpstream;
  let gateway: SpawnedGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream(dialect);
    gateway = await startGateway({ config: config(upstream), env: { VENDOR_KEY: "upstream-key" } });
  }, START_MS);
  afterAll(async () => {
    await gateway?.[Symbol.asyncDispose]();
    upstream?.[Symbol.dispose]();
  });

  describe.each(Object.keys(LIBRARIES))("%s", (library) => {
    const { make, there } = LIBRARIES[library]!;
    let driver: Driver;

    beforeAll(() => {
      upstream.forget();
      if (there) driver = make({ url: gateway.url, model: MODEL });
    });
    afterAll(() => driver?.close?.());

    test.skipIf(!there)("chats, and the key of the caller stays here", async () => {
      upstream.forget();
      const said = await driver.chat(PROMPT.words);
      expect(said).toEqual({ text: TEXT, finish: "stop", promptTokens: 21 });
      expect(upstream.asked.map(({ path, authorization, body }) => [path, authorization, body.model])).toEqual([
        ["/v1/chat/completions", "Bearer upstream-key", MODEL],
      ]);
    });

    test.skipIf(!there)("streams in pieces, and its loop may read every chunk blindly", async () => {
      const pieces: string[] = [];
      const said = await driver.stream(PROMPT.words, { onText: (text) => pieces.push(text) });
      expect(said.text).toBe(TEXT);
      if (library !== "openai of Python") expect(pieces.join("")).toBe(TEXT);
    });

    test.skipIf(!there)("gets a tool called", async () => {
      expect(await driver.tool(PROMPT.words, false)).toEqual(TOOL_CALL);
    });

    test.skipIf(!there)("gets a tool called in a stream", async () => {
      expect(await driver.tool(PROMPT.words, true)).toEqual(TOOL_CALL);
    });

    test.skipIf(!there)("gets the vectors it asked for, however they travelled", async () => {
      expect(await driver.embed(["one", "two"])).toEqual(VECTORS.map((vector) => [...vector]));
    });

    test.skipIf(!there)("gets an object in JSON mode", async () => {
      expect(await driver.json("Answer in JSON.")).toEqual(JSON.parse(JSON_TEXT));
    });

    test.skipIf(!there)("lists the models, where it can", async () => {
      const models = await driver.models();
      if (models !== null) expect(models.toSorted()).toEqual([MODEL, "vendor"]);
    });

    test.skipIf(!there)("is told that our key is wrong as a 502, once", async () => {
      upstream.forget();
      const error = await thrown(driver.chat(PROMPT.unauthorized));
      expect(driver.statusOf(error)).toBe(502);
      expect(String(error)).not.toContain("Incorrect API key");
      expect(upstream.asked).toHaveLength(1);
    });

    test.skipIf(!there)("is told its own mistake as the upstream told it", async () => {
      upstream.forget();
      for (const ask of [driver.chat, driver.stream]) {
        expect(driver.statusOf(await thrown(ask(PROMPT.rejected)))).toBe(400);
      }
      expect(upstream.asked).toHaveLength(2);
    });

    test.skipIf(!there)("is told that a model is not there", async () => {
      const lost = make({ url: gateway.url, model: "no-such-model" });
      const error = await thrown(lost.chat(PROMPT.words));
      await lost.close?.();
      expect(lost.statusOf(error)).toBe(404);
    });

    test.skipIf(!there).each(["cut", "short", "failing"] as const)("raises on a stream that was %s", async (how) => {
      const error = await thrown(driver.stream(PROMPT[how]));
      expect(error).toBeInstanceOf(Error);
    });

    test.skipIf(!there)("stops the upstream when it stops a stream", async () => {
      const gone = upstream.nextAbort();
      const stop = new AbortController();
      // some libraries raise when their user aborts, some just end
      const streaming = driver
        .stream(PROMPT.endless, { signal: stop.signal, onText: () => stop.abort() })
        .catch(() => {});
      await Promise.all([gone, streaming]);
      expect(upstream.asked.at(-1)?.body.stream).toBe(true);
    });

    // this library drops its user's signal: its request runs on
    if (library !== "@langchain/mistralai") {
      test.skipIf(!there)("stops the upstream when it gives up on an answer", async () => {
        upstream.forget();
        const gone = upstream.nextAbort();
        const stop = new AbortController();
        const asking = thrown(driver.chat(PROMPT.silence, stop.signal));
        await upstream.nextAsked();
        stop.abort();
        await gone;
        expect(await asking).toBeInstanceOf(Error);
        expect(upstream.asked).toHaveLength(1);
      });
    }
  });
});
