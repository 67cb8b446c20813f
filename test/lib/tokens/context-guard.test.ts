import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Endpoint } from "../../../src/lib/context.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";
import { silentLogger } from "../../../src/lib/logger.ts";
import {
  type ContextAnswer,
  type ContextGuard,
  type ContextGuardOptions,
  type ContextQuestion,
  createContextGuard,
} from "../../../src/lib/tokens/context-guard.ts";
import type { TokenFamily } from "../../../src/lib/tokens/family.ts";
import type { StartThread, ThreadEvents } from "../../../src/lib/tokens/spawn-worker.ts";
import { createResponder } from "../../../src/lib/tokens/worker.ts";
import { cpuMs } from "../../support/cpu-ms.ts";
import { HOSTILE, vocabulary } from "./support.ts";

const PROSE = "The gate opens in the morning and the water flows down to the mill. ";

interface Asked {
  readonly limit: number;
  readonly family?: TokenFamily;
  readonly endpoint?: Endpoint;
  readonly signal?: AbortSignal;
}

function question(value: JsonObject, asked: Asked): ContextQuestion {
  return { endpoint: "chat", family: "mistral", request: { source: JSON.stringify(value), value }, ...asked };
}

const chat = (content: unknown, more: JsonObject = {}): JsonObject => ({
  model: "m",
  messages: [{ role: "user", content }],
  max_tokens: 10,
  ...more,
});

/** A thread that answers in this one, with the real vocabularies, a microtask later. */
const localThread: StartThread = ({ message }) => {
  const respond = createResponder(vocabulary);
  let live = true;
  return {
    post: (asked) => queueMicrotask(() => live && message(respond(asked))),
    stop() {
      live = false;
    },
  };
};

/** A guard whose vocabularies are loaded. */
async function readyGuard(options: ContextGuardOptions = {}): Promise<ContextGuard> {
  const guard = createContextGuard({ startThread: localThread, ...options });
  guard.warm(["mistral", "openai"]);
  await Promise.resolve();
  return guard;
}

let guard: ContextGuard;
beforeAll(async () => {
  guard = await readyGuard();
});
afterAll(() => guard.close());

/** An answer that must be there at once. */
function atOnce(answer: ContextAnswer | Promise<ContextAnswer>): ContextAnswer {
  if (answer instanceof Promise) throw new Error("The guard made us wait");
  return answer;
}

describe("by bytes", () => {
  test("a short request is accepted at once, without a tokenizer", () => {
    const silent = createContextGuard({
      startThread: () => {
        throw new Error("No thread is needed here");
      },
    });
    expect(atOnce(silent.fits(question(chat("hello"), { limit: 1_000 })))).toMatchObject({
      fits: true,
      method: "bytes",
    });
    const long = chat(PROSE.repeat(400), { tools: [{ type: "function", function: { name: "f" } }] });
    expect(atOnce(silent.fits(question(long, { limit: 128_000 })))).toMatchObject({ fits: true, method: "bytes" });
  });

  test("the bound is bytes, 8 a message and 16, and the reserve", () => {
    const value = chat("é".repeat(100), { max_tokens: 50 });
    const need = 200 + 8 + 16 + 50;
    expect(atOnce(guard.fits(question(value, { limit: need })))).toEqual({
      fits: true,
      estimate: need,
      prompt: 224,
      reserve: 50,
      limit: need,
      method: "bytes",
    });
    expect(guard.fits(question(value, { limit: need - 1 }))).toBeInstanceOf(Promise);
  });

  test("above 64 bytes for every token of the limit it is refused at once", () => {
    const value = chat(" ".repeat(64_001));
    expect(atOnce(guard.fits(question(value, { limit: 1_000 })))).toMatchObject({ fits: false, method: "bytes" });
    expect(guard.fits(question(chat(" ".repeat(64_000)), { limit: 1_000 }))).toBeInstanceOf(Promise);
  });

  test("what they accept is never refused by a count", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.constant(PROSE),
    );
    const message = fc.record({
      role: fc.constantFrom("user", "assistant", "tool"),
      content: fc.oneof(
        text,
        fc.array(fc.record({ type: fc.constantFrom("text", "image_url"), text }), { maxLength: 2 }),
      ),
      tool_calls: fc.array(
        fc.record({
          function: fc.record({
            name: text,
            arguments: fc.oneof(fc.json({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 })),
          }),
        }),
        { maxLength: 2 },
      ),
    });
    const tools = fc.array(fc.record({ type: fc.constant("function"), function: fc.jsonValue({ maxDepth: 3 }) }), {
      maxLength: 3,
    });
    const body = fc.record({ messages: fc.array(message, { maxLength: 4 }), tools, max_tokens: fc.nat(50) });
    const family = fc.constantFrom<TokenFamily>("mistral", "openai", "other");
    await fc.assert(
      fc.asyncProperty(body, family, async (given, of) => {
        const value = JSON.parse(JSON.stringify(given)) as JsonObject;
        // the least limit that bytes accept, and with it what a count says of the same request
        const limit = leastByBytes(value, of);
        const counted = await guard.fits(question(value, { limit: limit - 1, family: of }));
        expect(counted.method).not.toBe("estimate");
        expect(counted.estimate).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test("do not accept a text that grows when it is written anew", async () => {
    const call = (number: string) =>
      `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"x":[${number}]}}}]}],"max_tokens":10}`;
    const source = call(Array(300).fill("1e20").join(","));
    const request = { source, value: JSON.parse(source) as JsonObject };
    const limit = 2 * source.length + 100;
    expect(await guard.fits({ endpoint: "chat", request, family: "mistral", limit })).toMatchObject({
      fits: false,
      method: "tekken",
    });
    const short = call("1");
    const small = { source: short, value: JSON.parse(short) as JsonObject };
    expect(await guard.fits({ endpoint: "chat", request: small, family: "mistral", limit })).toMatchObject({
      fits: true,
    });
  });

  /** Found by halving: acceptance by bytes is monotone in the limit. */
  function leastByBytes(value: JsonObject, family: TokenFamily): number {
    let refused = 0;
    let accepted = 1_000_000;
    while (accepted - refused > 1) {
      const limit = Math.floor((accepted + refused) / 2);
      const answer = unready.fits(question(value, { limit, family }));
      const byBytes = !(answer instanceof Promise) && answer.fits && answer.method === "bytes";
      if (byBytes) accepted = limit;
      else refused = limit;
    }
    return accepted;
  }
  const unready = createContextGuard({ startThread: () => ({ post: () => {}, stop: () => {} }) });
});

describe("by counting", () => {
  test.each([
    ["mistral", "tekken", 15 * 100 + 1 + 1 + 2, 32],
    ["openai", "o200k", 15 * 100 + 1 + 3 + 4, 0.05],
    ["other", "o200k_scaled", 1.15 * (15 * 100 + 1) + 3 + 4, 0.1],
  ] as const)("%s prompts are counted in %s, with a margin", async (family, method, tokens, margin) => {
    const answer = await guard.fits(question(chat(PROSE.repeat(100)), { limit: 3_000, family }));
    const expected = tokens + (margin < 1 ? tokens * margin : margin);
    expect(answer).toMatchObject({ fits: true, method, limit: 3_000, reserve: 10 });
    expect(answer.prompt).toBe(Math.ceil(expected));
    expect(answer.estimate).toBe(answer.prompt + 10);
  });

  test("prompt and completion together decide, to the token", async () => {
    const { estimate } = await guard.fits(question(chat(PROSE.repeat(100)), { limit: 3_000 }));
    expect(await guard.fits(question(chat(PROSE.repeat(100)), { limit: estimate }))).toMatchObject({ fits: true });
    expect(await guard.fits(question(chat(PROSE.repeat(100)), { limit: estimate - 1 }))).toMatchObject({
      fits: false,
      estimate,
      method: "tekken",
    });
  });

  test("the completion counts as the request asks for it, once for all choices", async () => {
    const ask = (more: JsonObject) =>
      guard.fits(question(chat("x", { max_tokens: undefined, ...more }), { limit: 1_000 }));
    expect(await ask({ max_tokens: 990 })).toMatchObject({ fits: false, reserve: 990 });
    expect(await ask({ max_tokens: 900, n: 50 })).toMatchObject({ fits: true, reserve: 900 });
    expect(await ask({ max_completion_tokens: 5, max_tokens: 5_000 })).toMatchObject({ fits: true, reserve: 5 });
    expect(await ask({})).toMatchObject({ fits: true, reserve: 125 });
    expect(await ask({ max_tokens: 1e300 })).toMatchObject({ fits: false });
  });

  test("texts that were counted before are known at once", async () => {
    const history = [1, 2, 3].map((at) => ({ role: "user", content: `${at} ${PROSE.repeat(30)}` }));
    const value = { messages: history, max_tokens: 10 };
    const first = await guard.fits(question(value, { limit: 2_000 }));
    expect(atOnce(guard.fits(question(value, { limit: 2_000 })))).toEqual(first);
  });

  test("only what is new is sent to the thread", async () => {
    const sent: (readonly string[])[] = [];
    const watched = await readyGuard({
      startThread(events) {
        const thread = localThread(events);
        return {
          ...thread,
          post(message) {
            if (message.kind === "count") sent.push(message.texts);
            thread.post(message);
          },
        };
      },
    });
    const old = { role: "user", content: `old ${PROSE.repeat(30)}` };
    const fresh = { role: "user", content: `new ${PROSE.repeat(30)}` };
    await watched.fits(question({ messages: [old] }, { limit: 1_500 }));
    await watched.fits(question({ messages: [old, fresh] }, { limit: 1_500 }));
    expect(sent).toEqual([[old.content], [fresh.content]]);
  });

  test("counting stops at the limit, and the error still names about the true size", async () => {
    const answer = await guard.fits(question(chat(PROSE.repeat(2_000)), { limit: 4_000 }));
    expect(answer).toMatchObject({ fits: false, method: "tekken" });
    expect(answer.estimate).toBeWithin(29_000, 31_500);
  });

  test("a small limit names the true size exactly", async () => {
    const answer = await guard.fits(question(chat(PROSE.repeat(20)), { limit: 100 }));
    expect(answer).toMatchObject({ fits: false, prompt: 15 * 20 + 1 + 3 + 32 });
  });

  test("tools count too", async () => {
    const tools = [{ type: "function", function: { name: "f", description: PROSE.repeat(100) } }];
    const { prompt: plain } = await guard.fits(question(chat(PROSE.repeat(20)), { limit: 1_000 }));
    const { prompt } = await guard.fits(question(chat(PROSE.repeat(20), { tools }), { limit: 3_000 }));
    expect(prompt - plain).toBeWithin(1_500, 1_560);
    const none = chat(PROSE.repeat(20), { tools, tool_choice: "none" });
    expect((await guard.fits(question(none, { limit: 1_000 }))).prompt).toBe(plain);
  });
});

describe("media", () => {
  const image = (bytes: number) => ({
    type: "image_url",
    image_url: { url: `data:image/png;base64,${"A".repeat(bytes)}` },
  });

  test("costs the same however long its base64 is", async () => {
    for (const bytes of [10, 3_000_000]) {
      const answer = atOnce(guard.fits(question(chat([image(bytes)]), { limit: 5_000 })));
      expect(answer).toMatchObject({ fits: true, method: "bytes", prompt: bytes === 10 ? expect.any(Number) : 1_624 });
    }
    const many = chat([image(10), image(10), image(10), image(10)]);
    expect(await guard.fits(question(many, { limit: 5_000 }))).toMatchObject({ fits: false });
  });
});

describe("other endpoints", () => {
  test("each input of a list is a context of its own, and nothing is kept for an answer", async () => {
    const ask = (input: unknown) =>
      guard.fits(question({ input, max_tokens: 900 }, { limit: 1_000, endpoint: "embeddings" }));
    const part = PROSE.repeat(50);
    expect(await ask(Array(20).fill(part))).toMatchObject({ fits: true, reserve: 0, method: "tekken" });
    expect(await ask([part, PROSE.repeat(100)])).toMatchObject({ fits: false });
    expect(await ask(Array(980).fill(1))).toMatchObject({ fits: true });
    expect(await ask(Array(1_001).fill(1))).toMatchObject({ fits: false });
    expect(await ask([Array(900).fill(1), Array(900).fill(1)])).toMatchObject({ fits: true });
  });

  test("prompt and suffix are counted together", async () => {
    const ask = (value: JsonObject) =>
      guard.fits(question({ max_tokens: 10, ...value }, { limit: 1_000, endpoint: "fim" }));
    expect(await ask({ prompt: PROSE.repeat(50), suffix: "" })).toMatchObject({ fits: true, reserve: 10 });
    expect(await ask({ prompt: PROSE.repeat(50), suffix: PROSE.repeat(50) })).toMatchObject({ fits: false });
  });
});

describe("while no tokenizer can be asked", () => {
  /** Holds every message back until it is let go. */
  function heldThread() {
    let events: ThreadEvents | undefined;
    const start: StartThread = (given) => {
      events = given;
      return { post: () => {}, stop: () => {} };
    };
    return { start, events: () => events! };
  }

  test("loading: the answer comes at once, by a guess that errs upwards", () => {
    const { start } = heldThread();
    const loading = createContextGuard({ startThread: start });
    const value = chat(PROSE.repeat(100));
    const answer = atOnce(loading.fits(question(value, { limit: 3_000 })));
    expect(answer).toMatchObject({ fits: true, method: "estimate" });
    expect(answer.prompt).toBeWithin(1_500, 2_200);
    expect(atOnce(loading.fits(question(value, { limit: 1_500 })))).toMatchObject({ fits: false, method: "estimate" });
    loading.close();
  });

  test("dead: it goes on guessing, and says that the thread is gone", async () => {
    const { start, events } = heldThread();
    const warnings: [object, string][] = [];
    const log = { ...silentLogger, warn: (fields: object, message: string) => warnings.push([fields, message]) };
    const one = createContextGuard({ startThread: start, log });
    one.warm(["mistral"]);
    events().message({ kind: "loaded", vocabulary: "tekken" });
    const waiting = one.fits(question(chat(PROSE.repeat(100)), { limit: 3_000 }));
    expect(waiting).toBeInstanceOf(Promise);
    events().failed(new Error("gone"));
    expect(await waiting).toMatchObject({ fits: true, method: "estimate" });
    expect(atOnce(one.fits(question(chat(PROSE.repeat(100)), { limit: 3_000 })))).toMatchObject({ method: "estimate" });
    expect(warnings).toEqual([[{ err: new Error("gone") }, expect.stringContaining("estimated")]]);
  });

  test("out of time: what was not counted is guessed, and the method says so", async () => {
    const { start, events } = heldThread();
    const one = createContextGuard({ startThread: start });
    one.warm(["mistral"]);
    events().message({ kind: "loaded", vocabulary: "tekken" });
    const waiting = one.fits(question(chat(PROSE.repeat(100)), { limit: 3_000 }));
    events().message({ kind: "counted", job: 1, counts: [], stopped: "time", rest: 1_700 });
    expect(await waiting).toMatchObject({ fits: true, method: "estimate", prompt: 1_703 });
    one.close();
  });

  test("closed: it answers, and starts nothing", () => {
    const closed = createContextGuard({ startThread: localThread });
    closed.close();
    expect(atOnce(closed.fits(question(chat(PROSE.repeat(100)), { limit: 3_000 })))).toMatchObject({
      method: "estimate",
    });
  });

  test.each(Object.entries(HOSTILE))("a million units of %s take little CPU of this thread", (_, make) => {
    const { start } = heldThread();
    const loading = createContextGuard({ startThread: start });
    const value = chat(make());
    const asked = question(value, { limit: 128_000 });
    let answer: ContextAnswer | undefined;
    expect(
      cpuMs(() => {
        answer = atOnce(loading.fits(asked));
      }),
    ).toBeLessThan(1_000);
    expect(answer?.method).toBe("estimate");
  });
});

test("a request that nobody waits for any more is dropped", async () => {
  const gone = new AbortController();
  const waiting = guard.fits(question(chat(`unseen ${PROSE.repeat(100)}`), { limit: 2_000, signal: gone.signal }));
  gone.abort(new Error("client gone"));
  const [end] = await Promise.allSettled([waiting]);
  expect(end).toMatchObject({ status: "rejected", reason: gone.signal.reason });
});

test("a real thread counts the same", async () => {
  const real = createContextGuard();
  real.warm(["mistral"]);
  const value = chat(`real ${PROSE.repeat(100)}`);
  let answer = real.fits(question(value, { limit: 3_000 }));
  while (!(answer instanceof Promise)) {
    expect(answer.method).toBe("estimate");
    await new Promise((resolve) => setImmediate(resolve));
    answer = real.fits(question(value, { limit: 3_000 }));
  }
  expect(await answer).toEqual(await guard.fits(question(value, { limit: 3_000 })));
  real.close();
});
