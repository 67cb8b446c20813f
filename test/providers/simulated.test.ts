import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Clock } from "../../src/lib/clock.ts";
import type { Endpoint } from "../../src/lib/context.ts";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { providers } from "../../src/providers/index.ts";
import { sampleOf } from "../../src/providers/simulated/json.ts";
import { countTokens, tokensOf } from "../../src/providers/simulated/text.ts";
import { reassemble, reassembleWhole, type Seen } from "../support/replay.ts";

/** A clock that stands still until it is moved. */
class HandClock implements Clock {
  #ms = 0;
  readonly #timers = new Set<{ atMs: number; fn: () => void }>();
  now = (): number => 1_700_000_000_000 + this.#ms;
  monotonic = (): number => this.#ms;
  get waiting(): number {
    return this.#timers.size;
  }
  after(ms: number, fn: () => void): () => void {
    const timer = { atMs: this.#ms + ms, fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
  move(ms: number): void {
    this.#ms += ms;
    for (const timer of [...this.#timers]) {
      if (timer.atMs > this.#ms || !this.#timers.delete(timer)) continue;
      timer.fn();
    }
  }
}

const FAST = { tokens_per_second: 1_000_000 };
const HELLO = { model: "m", messages: [{ role: "user", content: "Hello, who are you?" }] };
let clock: HandClock;
let abort: AbortController;
let pump: Timer;

beforeEach(() => {
  clock = new HandClock();
  abort = new AbortController();
  // most tests do not care about time: it flies
  pump = setInterval(() => clock.move(1000), 0);
});
afterEach(() => clearInterval(pump));

const ask = (body: JsonObject, endpoint: Endpoint = "chat", settings: JsonObject = FAST) =>
  providers.simulated.transport!(body, endpoint, { clock, signal: abort.signal, settings });
const value = async (body: JsonObject, endpoint?: Endpoint, settings?: JsonObject) =>
  (await (await ask(body, endpoint, settings)).json()) as JsonObject;
const whole = async (body: JsonObject, endpoint?: Endpoint) => reassembleWhole(await value(body, endpoint));
const streamed = async (body: JsonObject, endpoint?: Endpoint): Promise<Seen> =>
  reassemble(await (await ask({ ...body, stream: true }, endpoint)).text());

describe("the simulated provider", () => {
  test("says that it is simulated", async () => {
    expect((await value(HELLO))["model"]).toBe("simulated/m");
    expect((await value({ ...HELLO, model: "simulated/x" }))["model"]).toBe("simulated/x");
    expect((await whole(HELLO)).choices[0]!.text).toStartWith('This is a simulated answer to "Hello, who are you?".');
  });

  test("gives the same request the same text, and another request another", async () => {
    const [one, again] = [await whole(HELLO), await whole(HELLO)];
    expect(again).toEqual(one);
    expect((await whole({ ...HELLO, seed: 1 })).choices[0]!.text).not.toBe(one.choices[0]!.text);
  });

  test.each<[string, JsonObject, Endpoint]>([
    ["chat", HELLO, "chat"],
    ["three choices", { ...HELLO, n: 3 }, "chat"],
    ["a limit", { ...HELLO, max_tokens: 5 }, "chat"],
    ["JSON", { ...HELLO, response_format: { type: "json_object" } }, "chat"],
    ["a tool call", { ...HELLO, tools: [{ type: "function", function: { name: "f", parameters: {} } }] }, "chat"],
    ["completions", { model: "m", prompt: ["a", "b"], n: 2 }, "completions"],
    ["fim", { model: "m", prompt: "def f(", suffix: "return" }, "fim"],
  ])("streams what it answers whole: %s", async (_name, body, endpoint) => {
    const { done, ...stream } = await streamed(body, endpoint);
    const { done: _done, ...answer } = await whole(body, endpoint);
    expect(stream).toEqual(answer);
    expect(done).toBeTrue();
    for (const choice of stream.choices) expect(choice.finishes).toHaveLength(1);
  });

  test("goes on behind the beginning it is given, its own or another model's, with whole sentences", async () => {
    const of = async (model: string, begun?: string) => {
      const last = begun === undefined ? [] : [{ role: "assistant", content: begun, prefix: true }];
      return (await whole({ ...HELLO, model, messages: [...HELLO.messages, ...last] })).choices[0]!.text;
    };
    const sentences = (text: string) => text.split(/(?<=[.])(?= )/).map((each) => each.trim());
    const known = new Set<string>();
    for (let at = 0; at < 40; at++) for (const sentence of sentences(await of(`m${at}`))) known.add(sentence);
    const first = await of("m");
    for (let at = 1; at <= first.length; at++) {
      const begun = first.slice(0, at);
      expect(begun + (await of("m", begun))).toBe(first);
      const joined = begun + (await of("other", begun));
      expect([at, sentences(joined).filter((sentence) => !known.has(sentence))]).toEqual([at, []]);
      expect(new Set(sentences(joined)).size).toBe(sentences(joined).length);
    }
  });

  test("counts the tokens it sends", async () => {
    const { usage, choices } = await whole({ ...HELLO, n: 2 });
    const sent = choices.reduce((sum, { text }) => sum + countTokens(text), 0);
    expect(usage).toEqual({
      prompt_tokens: 6 + countTokens("Hello, who are you?"),
      completion_tokens: sent,
      total_tokens: expect.any(Number),
    });
  });

  test("keeps to max_tokens, max_completion_tokens and stop", async () => {
    const short = await whole({ ...HELLO, max_tokens: 9, max_completion_tokens: 3 });
    expect(short.choices[0]).toMatchObject({ text: "This is a", finishes: ["length"] });
    expect((await whole({ ...HELLO, stop: [" simulated", "zzz"] })).choices[0]).toMatchObject({
      text: "This is a",
      finishes: ["stop"],
    });
  });

  test("calls a tool it is given, with arguments that fit, and then answers", async () => {
    const parameters = {
      type: "object",
      properties: { city: { enum: ["Oslo"] }, days: { type: "integer", minimum: 2 } },
    };
    const tools = [{ type: "function", function: { name: "weather", parameters } }];
    const [first] = (await whole({ ...HELLO, tools })).choices;
    expect(first).toMatchObject({
      finishes: ["tool_calls"],
      calls: [{ name: "weather", arguments: '{"city":"Oslo","days":2}' }],
    });
    const result = [...HELLO.messages, { role: "assistant", tool_calls: [] }, { role: "tool", content: "rain" }];
    expect((await whole({ ...HELLO, tools, messages: result })).choices[0]!.finishes).toEqual(["stop"]);
    expect((await whole({ ...HELLO, tools, tool_choice: "none" })).choices[0]!.calls).toEqual([]);
    const both = [...tools, { type: "function", function: { name: "time" } }];
    const forced = await whole({
      ...HELLO,
      tools: both,
      tool_choice: { type: "function", function: { name: "time" } },
    });
    expect(forced.choices[0]!.calls[0]!.name).toBe("time");
  });

  test("writes JSON when JSON is asked for", async () => {
    const text = async (response_format: JsonObject) => (await whole({ ...HELLO, response_format })).choices[0]!.text;
    expect(JSON.parse(await text({ type: "json_object" }))).toMatchObject({ simulated: true });
    const schema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
    expect(JSON.parse(await text({ type: "json_schema", json_schema: { name: "x", schema } }))).toEqual({ n: 1 });
  });

  test("embeds: unit vectors, alike for alike texts, base64 when asked", async () => {
    const vectors = async (body: JsonObject) =>
      ((await value({ model: "m", ...body }, "embeddings"))["data"] as { embedding: number[] }[]).map(
        (row) => row.embedding,
      );
    const [a, b, c] = await vectors({ input: ["the cat sat", "the cat ran", "quarterly report"] });
    const dot = (x: number[], y: number[]) => x.reduce((sum, one, index) => sum + one * y[index]!, 0);
    expect(dot(a!, a!)).toBeCloseTo(1, 5);
    expect(dot(a!, b!)).toBeGreaterThan(dot(a!, c!));
    expect((await vectors({ input: "x", dimensions: 7 }))[0]).toHaveLength(7);
    const [text] = (await vectors({ input: "the cat sat", encoding_format: "base64" })) as unknown as string[];
    expect([...new Float32Array(Uint8Array.fromBase64(text!).buffer)]).toEqual(a!);
  });

  test("moderates both ways", async () => {
    const flags = async (input: unknown) =>
      ((await value({ input }, "moderations"))["results"] as { flagged: boolean }[]).map(({ flagged }) => flagged);
    expect(await flags(["a fine day", "I will kill you"])).toEqual([false, true]);
    expect(
      await flags([
        { type: "text", text: "a" },
        { type: "text", text: "murder" },
      ]),
    ).toEqual([true]);
  });
});

describe("pace and faults", () => {
  beforeEach(() => clearInterval(pump));
  const settled = async <T>(promise: Promise<T>): Promise<"pending" | "settled"> => {
    await Bun.sleep(0);
    return Promise.race([promise.then(() => "settled" as const), Bun.sleep(0).then(() => "pending" as const)]);
  };

  test("tokens come at tokens_per_second, and none before it is pulled", async () => {
    const response = await ask({ ...HELLO, stream: true }, "chat", { tokens_per_second: 10 });
    const reader = response.body!.getReader();
    expect(clock.waiting).toBe(0);
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('"role":"assistant"');
    const token = reader.read();
    clock.move(99);
    expect(await settled(token)).toBe("pending");
    clock.move(1);
    expect(new TextDecoder().decode((await token).value)).toContain('"content":"This"');
    // a reader that was slow finds what is due at once
    clock.move(200);
    await reader.read();
    await reader.read();
    expect(clock.waiting).toBe(0);
    await reader.cancel();
  });

  test("a stream ends with the signal's reason", async () => {
    const response = await ask({ ...HELLO, stream: true }, "chat", { tokens_per_second: 1 });
    const reader = response.body!.getReader();
    await reader.read();
    const token = reader.read();
    abort.abort(new Error("client gone"));
    expect(token).rejects.toThrow("client gone");
    await token.catch(() => undefined);
    expect(clock.waiting).toBe(0);
  });

  test("an abort during latency ends the wait", async () => {
    const answer = ask(HELLO, "chat", { faults: { latency_ms: 60_000 } });
    abort.abort(new Error("client gone"));
    expect(answer).rejects.toThrow("client gone");
    await answer.catch(() => undefined);
    expect(clock.waiting).toBe(0);
    expect(ask(HELLO)).rejects.toThrow("client gone");
  });

  test("latency_ms comes before the answer", async () => {
    const answer = ask(HELLO, "chat", { faults: { latency_ms: 50 } });
    clock.move(49);
    expect(await settled(answer)).toBe("pending");
    clock.move(1);
    expect((await answer).status).toBe(200);
  });

  test.each([
    [{ error_rate: 0.5 }, [200, 503, 200, 503]],
    [{ error_rate: 0.25, status: 500 }, [200, 200, 200, 500]],
    [{ error_rate: 1, status: 429 }, [429, 429, 429, 429]],
    [{ status: 401 }, [401, 401, 401, 401]],
    [{ error_rate: 0, status: 500 }, [200, 200, 200, 200]],
    [{}, [200, 200, 200, 200]],
  ])("%j fails with %j", async (faults, statuses) => {
    const settings = { faults };
    const seen: number[] = [];
    for (let turn = 0; turn < 4; turn++) seen.push((await ask(HELLO, "chat", settings)).status);
    expect(seen).toEqual(statuses);
  });

  test("failures are errors in OpenAI's form that are recognised", async () => {
    for (const [status, code] of [
      [401, "upstream_auth_failed"],
      [404, "upstream_model_missing"],
      [429, "upstream_rate_limited"],
      [503, "upstream_failed"],
    ] as const) {
      const response = await ask(HELLO, "chat", { faults: { status } });
      const failure = { status: response.status, headers: response.headers, body: await response.text() };
      expect(providers.simulated.decodeError(failure).code).toBe(code);
    }
  });

  test("cut_after_tokens breaks a stream off, and an answer that would be longer", async () => {
    const faults = { cut_after_tokens: 2 };
    const stream = await ask({ ...HELLO, stream: true }, "chat", { ...FAST, faults });
    clock.move(1000);
    const reader = stream.body!.getReader();
    const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    expect([await read(), await read(), await read()].join("")).toContain('"content":" is"');
    expect(read()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(ask(HELLO, "chat", { faults })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await ask({ ...HELLO, max_tokens: 2 }, "chat", { faults })).status).toBe(200);
  });
});

describe("its tokens", () => {
  test("joined, are the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(tokensOf(text).join("")).toBe(text);
      }),
    );
    expect(tokensOf("\ud800x").join("")).toBe("\ud800x");
  });

  test("of a huge text are counted in proportion", () => {
    expect(countTokens("word ".repeat(100_000))).toBeWithin(90_000, 110_000);
    expect(countTokens("")).toBe(0);
  });
});

describe("sampleOf", () => {
  test("survives any schema", () => {
    const loop = { $ref: "#" };
    for (const schema of [
      null,
      1,
      {},
      loop,
      { type: "array", items: loop, minItems: 1e9 },
      { type: "string", minLength: 1e9 },
      { anyOf: [{ type: "null" }] },
    ]) {
      expect(JSON.stringify(sampleOf(schema)).length).toBeLessThan(10_000);
    }
    const node: JsonObject = { type: "object", properties: { next: { $ref: "#/$defs/n" } } };
    expect(() => sampleOf({ $ref: "#/$defs/n", $defs: { n: node } })).not.toThrow();
  });
});
