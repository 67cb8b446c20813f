import { afterEach, describe, expect, test } from "bun:test";
import { shareOf } from "../routing/traffic.ts";
import { fakeClock } from "../support/clock.ts";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chatAnswer, chunkEvent, DONE, json, rawUpstream, type Script, usageEvent } from "../support/raw-upstream.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** How a real upstream takes its time, on the test's clock: before its answer or first token, and before its end. */
interface Pace {
  firstMs: number;
  restMs: number;
  tokens: number;
  /** Status of its answer. */
  status: number;
}

/** A gateway over real upstreams that take as long as they are told. */
async function paced(paces: Readonly<Record<string, Partial<Pace>>>, providers: object) {
  const clock = fakeClock();
  const pace: Record<string, Pace> = {};
  const targets: object[] = [];
  // the clock stands still until the client has what was sent
  let heard = Promise.withResolvers<void>();
  for (const [id, given] of Object.entries(paces)) {
    pace[id] = { firstMs: 0, restMs: 0, tokens: 10, status: 200, ...given };
    const script: Script = async (wire) => {
      const { firstMs, restMs, tokens, status } = pace[id]!;
      await clock.advance(firstMs);
      if (status !== 200) return json({ error: { message: "no" } }, status)(wire);
      const usage = { prompt_tokens: 3, completion_tokens: tokens, total_tokens: tokens + 3 };
      if (!wire.request.body.includes('"stream":true')) return json(chatAnswer(id, { usage }))(wire);
      await wire.streamHead();
      await wire.chunk(chunkEvent({ role: "assistant", content: "x" }));
      await heard.promise;
      await clock.advance(restMs);
      await wire.chunk(chunkEvent({}, "stop") + usageEvent() + DONE);
      await wire.end();
    };
    const up = await rawUpstream(script);
    stops.push(up.stop);
    targets.push({ id, base_url: up.url });
  }
  const config = configOf(targets, { providers: { circuit_breaker: { enabled: false }, ...providers } });
  const all = testGateway(config, { clock });
  const ask = async (body: object = CHAT): Promise<string> => {
    const before = all.events.length;
    heard = Promise.withResolvers<void>();
    const response = await all.ask(body);
    const reader = response.body!.getReader();
    while (!(await reader.read()).done) heard.resolve();
    await all.recorded(before + 1);
    return response.headers.get("x-weir-target") ?? String(response.status);
  };
  const times = async (count: number, body: object = CHAT): Promise<string[]> => {
    const asked: string[] = [];
    for (let turn = 0; turn < count; turn++) asked.push(await ask(body));
    return asked;
  };
  return { ...all, clock, pace, times, config };
}

const STREAM = { ...CHAT, stream: true };

describe("latency", () => {
  const strategy = { strategy: "latency", fallback: { max_fallback_attempts: 2 } };

  test("finds the fastest within 20 requests, leaves it when it slows down and comes back to it", async () => {
    const { pace, times, clock, events } = await paced(
      { a: { firstMs: 300 }, b: { firstMs: 20 }, c: { firstMs: 100 } },
      strategy,
    );
    expect((await times(15)).join("")).toBe("abc".repeat(5));
    expect(shareOf("b", await times(30))).toBeGreaterThanOrEqual(0.9);
    expect(events.at(-1)!.route).toMatchObject({
      strategy: "latency",
      decision: "best measured",
      order: ["b", "c", "a"],
    });

    pace["b"]!.firstMs = 1_500;
    const slowed = clock.monotonic();
    while (clock.monotonic() - slowed < 10_000) await times(1);
    expect(shareOf("c", await times(40))).toBeGreaterThanOrEqual(0.9);

    pace["b"]!.firstMs = 20;
    await times(60);
    expect(shareOf("b", await times(30))).toBeGreaterThanOrEqual(0.9);
  });

  test("of streams is that of their first token", async () => {
    const { times, events } = await paced(
      { a: { firstMs: 50, restMs: 2_000 }, b: { firstMs: 400, restMs: 0 } },
      strategy,
    );
    await times(10, STREAM);
    expect(shareOf("a", await times(20, STREAM))).toBeGreaterThanOrEqual(0.9);
    const { attempts } = events.at(-1)!;
    expect(attempts[0]!.first_token_ms! - attempts[0]!.started_ms).toBeLessThan(400);
  });

  test("of streams says nothing about whole answers", async () => {
    const { times } = await paced({ a: { firstMs: 50 }, b: { firstMs: 400 } }, strategy);
    await times(10, STREAM);
    expect((await times(10)).join("")).toBe("ab".repeat(5));
  });

  test("hands over to the next by latency, and takes a failure for no fast answer", async () => {
    const { pace, times, events } = await paced(
      { a: { firstMs: 20 }, b: { firstMs: 400 }, c: { firstMs: 100 } },
      strategy,
    );
    await times(16);
    pace["a"]!.status = 500;
    pace["a"]!.firstMs = 1;
    expect(await times(1)).toEqual(["c"]);
    expect(events.at(-1)!.attempts.map(({ target }) => target)).toEqual(["a", "c"]);
    await times(10);
    expect(shareOf("c", await times(20))).toBeGreaterThanOrEqual(0.9);
    expect(events.slice(-20).filter(({ attempts }) => attempts[0]!.target === "a").length).toBeLessThanOrEqual(1);
  });

  test("keeps what it has seen over a reload", async () => {
    const { times, reload, config } = await paced({ a: { firstMs: 300 }, b: { firstMs: 20 } }, strategy);
    await times(12);
    reload(config);
    expect(shareOf("b", await times(15))).toBe(1);
  });

  test("asks for the samples that are configured, and forgets what is older than the window", async () => {
    const routing = { window_seconds: 60, min_sample_count: 2 };
    const { times, clock } = await paced({ a: { firstMs: 300 }, b: { firstMs: 20 } }, { ...strategy, routing });
    expect((await times(9)).join("")).toBe("ababbbbbb");
    await clock.advance(61_000);
    expect((await times(4)).sort().join("")).toBe("aabb");
  });
});

describe("highest_throughput", () => {
  test("asks the one with the most tokens per second, however long its answers are", async () => {
    const { times } = await paced(
      { a: { firstMs: 100, tokens: 2 }, b: { firstMs: 1_000, tokens: 200 }, c: { firstMs: 500, tokens: 20 } },
      { strategy: "highest_throughput" },
    );
    await times(15);
    expect(shareOf("b", await times(30))).toBeGreaterThanOrEqual(0.9);
  });
});

test("streams and whole answers of a pool take turns by weight apart", async () => {
  const { times } = await paced({ a: {}, b: {} }, { strategy: "round_robin" });
  const asked: string[][] = [[], []];
  for (let turn = 0; turn < 6; turn++) asked[turn % 2]!.push(...(await times(1, turn % 2 === 0 ? STREAM : CHAT)));
  expect(asked.map((each) => each.join(""))).toEqual(["aba", "aba"]);
});
