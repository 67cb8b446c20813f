import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Behaviour, fails, gatewayOver, hangs, refuses, says, streams } from "../gateway/upstreams.ts";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chatAnswer, chunkEvent, DONE, json, rawUpstream, type Script, stream } from "../support/raw-upstream.ts";
import { reassemble } from "../support/replay.ts";

const STREAM = { ...CHAT, stream: true };
const HEDGE = { enabled: true, min_delay_ms: 500, max_share: 1 };

/** Two or more targets that are hedged; `after` gives a behaviour its time. */
function hedged(
  targets: (after: (ms: number, then: Behaviour) => Behaviour) => Parameters<typeof gatewayOver>[0],
  more: { hedge?: object; routing?: object; providers?: object; [key: string]: unknown } = {},
) {
  const { hedge, routing, providers, ...rest } = more;
  const after =
    (ms: number, then: Behaviour): Behaviour =>
    (call) =>
      new Promise((resolve, reject) => {
        const { signal } = call.init;
        const cancel = all.clock.after(ms, () => resolve(then(call)));
        signal!.addEventListener("abort", () => {
          cancel();
          reject(signal!.reason);
        });
      });
  const all = gatewayOver(targets(after), {
    ...rest,
    providers: {
      retry: { max_attempts: 1 },
      routing: { hedge: { ...HEDGE, ...hedge }, ...routing },
      ...providers,
    },
  });
  /** Outcome, target and whether it was a hedge, of every attempt of the request. */
  const attempts = (request = 0) =>
    all.events[request]!.attempts.map(({ target, outcome, hedge: beside }) =>
      beside === true ? `${target}: ${outcome} (hedge)` : `${target}: ${outcome}`,
    );
  return { ...all, attempts };
}

const WHOLE = (text: string): string => chunkEvent({ content: text }) + chunkEvent({}, "stop") + DONE;
const textOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;

describe("a target that is slow", () => {
  test("has another asked beside it after the delay, and loses to it", async () => {
    const { run, calls, attempts, events } = hedged((after) => ({ a: after(5_000, says("a")), b: says("b") }));
    const { response } = await run();
    expect([response.status, response.headers.get("x-weir-target"), await textOf(response)]).toEqual([200, "b", "b"]);
    expect(calls.map(({ target, atMs }) => [target, atMs])).toEqual([
      ["a", 0],
      ["b", 500],
    ]);
    expect(attempts()).toEqual(["a: hedged_out", "b: ok (hedge)"]);
    const [slow, fast] = events[0]!.attempts;
    expect(slow).toMatchObject({ cause: "b answered first", ended_ms: fast!.ended_ms });
    expect(slow!.usage).toMatchObject({ basis: "estimated", completion_tokens: null });
    expect(slow!.usage.prompt_tokens).toBeGreaterThan(0);
    expect(events[0]).toMatchObject({ target: "b", outcome: "ok", usage: { basis: "exact", prompt_tokens: 3 } });
    expect(calls[0]!.init.signal!.aborted).toBe(true);
  });

  test("is taken to have read an image for what images cost, not for the length of its text", async () => {
    const { run, events } = hedged((after) => ({ a: after(5_000, says("a")), b: says("b") }));
    const url = `data:image/png;base64,${"A".repeat(1_000_000)}`;
    await run({ ...CHAT, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] });
    expect(events[0]!.attempts[0]!.usage.prompt_tokens).toBeLessThan(10_000);
  });

  test("wins where it is faster after all, and the hedge is cancelled", async () => {
    const { run, attempts, calls } = hedged((after) => ({ a: after(700, says("a")), b: after(900, says("b")) }));
    const { response } = await run();
    expect([response.headers.get("x-weir-target"), await textOf(response)]).toEqual(["a", "a"]);
    expect(attempts()).toEqual(["a: ok", "b: hedged_out (hedge)"]);
    expect(calls.map(({ init }) => init.signal!.aborted)).toEqual([false, true]);
  });

  test("counts with its price, as does the one that was cancelled", async () => {
    const pricing = { prompt: 1_000, completion: 1_000 };
    const { run, events } = hedged((after) => ({ a: after(5_000, says("a")), b: says("b") }), {
      target: { a: { pricing }, b: { pricing } },
    });
    await run();
    const [slow, fast] = events[0]!.attempts.map(({ cost }) => cost!);
    expect(fast).toEqual({ usd: 0.005, basis: "exact" });
    expect(slow!.basis).toBe("estimated");
    expect(slow!.usd).toBeGreaterThan(0);
    expect(events[0]!.cost).toEqual({ usd: slow!.usd! + 0.005, basis: "estimated" });
  });

  test("is waited for alone where a budget has not enough left for a second one", async () => {
    const pricing = { prompt: 0, completion: 1_000 };
    for (const [usd, expected] of [
      [0.15, ["a"]],
      [0.25, ["a", "b"]],
    ] as const) {
      const { run, asked } = hedged((after) => ({ a: after(5_000, says("a")), b: says("b") }), {
        target: { a: { pricing }, b: { pricing } },
        budgets: { usd_per_day: usd },
      });
      expect((await run({ ...CHAT, max_tokens: 100 })).response.status).toBe(200);
      expect(asked()).toEqual([...expected]);
    }
  });

  test.each<[string, object, object]>([
    ["hedging is off", { enabled: false }, {}],
    ["no request may be hedged", { max_share: 0 }, {}],
    ["failover is off", {}, { fallback: { enabled: false } }],
    ["no further target may be asked", {}, { fallback: { max_fallback_attempts: 0 } }],
    ["only one target is ever asked", {}, { strategy: "single" }],
  ])("is waited for alone where %s", async (_name, hedge, providers) => {
    const { run, asked } = hedged((after) => ({ a: after(5_000, says("a")), b: says("b") }), { hedge, providers });
    expect((await run()).response.headers.get("x-weir-target")).toBe("a");
    expect(asked()).toEqual(["a"]);
  });

  test("is waited for alone by a caller who is to stay with it", async () => {
    const { run, asked } = hedged((after) => ({ a: after(5_000, says("a")), b: after(5_000, says("b")) }), {
      routing: { sticky_by: "x-user" },
      providers: { strategy: "round_robin" },
    });
    await run(CHAT, { headers: { "x-user": "42" } });
    expect(asked()).toHaveLength(1);
    await run();
    expect(asked()).toHaveLength(3);
  });

  test("is not hedged by one that is at its limit, rests or is broken, but by the next", async () => {
    const { run, asked, events, ask } = hedged(
      (after) => ({ a: after(5_000, says("a")), b: [hangs, says("b")], c: fails(500), d: says("d") }),
      {
        target: { b: { max_in_flight: 1 } },
        providers: { circuit_breaker: { failure_threshold: 1 }, strategy: "fallback" },
        model_groups: [
          { name: "only-b", targets: ["b"] },
          { name: "only-c", targets: ["c"] },
        ],
      },
    );
    void ask({ ...CHAT, model: "only-b" });
    await run({ ...CHAT, model: "only-c" });
    await run();
    expect(asked()).toEqual(["b", "c", "a", "d"]);
    expect(events.at(-1)!.target).toBe("d");
  });

  test("is asked no faster than the quantile of its latest answers says, once there are enough", async () => {
    for (const [quantile, expected] of [
      [0.5, 2_000],
      [0.95, 3_000],
    ] as const) {
      const slow = [1_000, 1_000, 2_000, 2_000, 3_000, 60_000];
      const { run, calls } = hedged(
        (after) => ({ a: slow.map((ms) => after(ms, says("a"))), b: [hangs, hangs, hangs, hangs, hangs, says("b")] }),
        { hedge: { quantile }, target: { a: { timeout_seconds: 90 } } },
      );
      for (let turn = 0; turn < 6; turn++) await run();
      const [asked, beside] = calls.slice(-2);
      expect([asked!.target, beside!.target]).toEqual(["a", "b"]);
      expect(beside!.atMs - asked!.atMs).toBe(expected);
    }
  });

  test("is hedged for so many requests only as the share allows", async () => {
    const { run, events } = hedged((after) => ({ a: after(2_000, says("a")), b: says("b") }), {
      hedge: { max_share: 0.25 },
      routing: { min_sample_count: 1_000 },
    });
    for (let turn = 1; turn <= 40; turn++) {
      await run();
      const second = events.filter(({ target }) => target === "b").length;
      expect(second).toBe(Math.floor(turn / 4));
    }
  });
});

describe("a failure while two are asked", () => {
  test("of the first waits for the hedge and is not tried again", async () => {
    const { run, asked, attempts } = hedged(
      (after) => ({ a: [after(600, fails(503)), says("a")], b: after(3_000, says("b")) }),
      { providers: { retry: { max_attempts: 3, initial_backoff_ms: 10, jitter: 0 } } },
    );
    expect((await run()).response.headers.get("x-weir-target")).toBe("b");
    expect(asked()).toEqual(["a", "b"]);
    expect(attempts()).toEqual(["a: upstream_failed", "b: ok (hedge)"]);
  });

  test("of the hedge leaves the first at work, which is tried again when it fails too", async () => {
    const { run, attempts } = hedged((after) => ({ a: [after(2_000, fails(503)), says("a")], b: refuses }), {
      providers: { retry: { max_attempts: 2, initial_backoff_ms: 10, jitter: 0 } },
    });
    expect((await run()).response.headers.get("x-weir-target")).toBe("a");
    expect(attempts()).toEqual([
      "a: upstream_failed",
      "b: upstream_failed (hedge)",
      "b: upstream_failed (hedge)",
      "a: ok",
    ]);
  });

  test("of both goes on with the target behind them, and neither is asked again", async () => {
    const { run, asked, attempts } = hedged((after) => ({
      a: after(1_000, fails(500)),
      b: after(1_000, fails(502)),
      c: says("c"),
    }));
    expect((await run()).response.headers.get("x-weir-target")).toBe("c");
    expect(asked()).toEqual(["a", "b", "c"]);
    expect(attempts()).toEqual(["a: upstream_failed", "b: upstream_failed (hedge)", "c: ok"]);
  });

  test("of both leaves the next one alone: a request is hedged once", async () => {
    const { run, asked, attempts } = hedged((after) => ({
      a: after(1_000, fails(500)),
      b: after(1_000, fails(502)),
      c: after(5_000, says("c")),
      d: says("d"),
    }));
    expect((await run()).response.headers.get("x-weir-target")).toBe("c");
    expect(asked()).toEqual(["a", "b", "c"]);
    expect(attempts().at(-1)).toBe("c: ok");
  });

  test("of all tells the caller of the first", async () => {
    const { run } = hedged((after) => ({ a: after(1_000, fails(429)), b: fails(500) }));
    const { response, error } = await run();
    expect([response.status, error!["code"]]).toEqual([429, "upstream_rate_limited"]);
  });

  test("that is the caller's own ends the request at once, and the hedge with it", async () => {
    const { run, attempts, calls, clock } = hedged((after) => ({ a: after(1_000, fails(422)), b: hangs }));
    const before = clock.monotonic();
    const { response } = await run();
    expect([response.status, clock.monotonic() - before]).toEqual([422, 1_000]);
    expect(attempts()).toEqual(["a: upstream_rejected", "b: hedged_out (hedge)"]);
    expect(calls[1]!.init.signal!.aborted).toBe(true);
  });

  test("that is the caller's own at the hedge is none while the first may still answer", async () => {
    const { run, attempts } = hedged((after) => ({ a: after(1_000, says("a")), b: fails(422) }));
    expect((await run()).response.status).toBe(200);
    expect(attempts()).toEqual(["a: ok", "b: upstream_rejected (hedge)"]);
  });

  test("never takes more than so many targets", async () => {
    const { run, asked } = hedged(
      (after) => ({ a: after(600, fails(500)), b: after(600, fails(500)), c: fails(500), d: says("d") }),
      { providers: { fallback: { max_fallback_attempts: 2 } } },
    );
    expect((await run()).response.status).toBe(502);
    expect(asked()).toEqual(["a", "b", "c"]);
  });

  test("comes at the deadline that both share", async () => {
    const { run, clock, attempts } = hedged(() => ({ a: hangs, b: hangs }));
    const before = clock.monotonic();
    const { response } = await run(CHAT, { headers: { "x-request-timeout-ms": "2000" } });
    expect([response.status, clock.monotonic() - before]).toEqual([504, 2_000]);
    expect(attempts()).toEqual(["a: upstream_timeout", "b: upstream_timeout (hedge)"]);
  });
});

describe("whatever two targets do, and however long they take", () => {
  type Doing = { readonly ms: number; readonly status: 200 | 500 | 422 };
  /** Who answers, with what status, and when: the rules of hedging in a few lines. */
  function expected(a: Doing, b: Doing, delayMs: number): { by: string | null; status: number; atMs: number } {
    const failed = (status: number, atMs: number) => ({ by: null, status: status === 500 ? 502 : status, atMs });
    const bFrom = Math.min(a.status === 500 ? a.ms : Number.POSITIVE_INFINITY, delayMs);
    const bAt = bFrom + b.ms;
    if (a.status !== 500 && (a.ms < delayMs || b.status !== 200 || a.ms < bAt))
      return a.status === 200 ? { by: "a", status: 200, atMs: a.ms } : failed(422, a.ms);
    if (b.status === 200) return { by: "b", status: 200, atMs: bAt };
    // the first failure is told, unless the second is the caller's own
    return failed(b.status === 422 ? 422 : 500, Math.max(a.ms, bAt));
  }

  test("the answer is the first good one, every attempt ends, and nobody is asked twice", async () => {
    // even and odd, so that nothing happens at the same moment
    const doing = (odd: number) =>
      fc.record({
        ms: fc.integer({ min: 0, max: 40 }).map((each) => each * 100 + odd),
        status: fc.constantFrom<Doing["status"]>(200, 500, 422),
      });
    await fc.assert(
      fc.asyncProperty(
        doing(10),
        doing(3),
        fc.integer({ min: 0, max: 40 }).map((each) => each * 100),
        fc.boolean(),
        async (a, b, delayMs, stream) => {
          const does =
            ({ status }: Doing, name: string): Behaviour =>
            (call) =>
              (status !== 200 ? fails(status) : stream ? streams(WHOLE(name)) : says(name))(call);
          const all = hedged((after) => ({ a: after(a.ms, does(a, "a")), b: after(b.ms, does(b, "b")) }), {
            hedge: { min_delay_ms: delayMs },
            providers: { circuit_breaker: { enabled: false } },
          });
          const before = all.clock.monotonic();
          const { response } = await all.run(stream ? STREAM : CHAT);
          const { by, status, atMs } = expected(a, b, delayMs);
          expect([response.status, response.headers.get("x-weir-target")]).toEqual([status, by]);
          if (status === 200) expect(await response.text()).toContain(`"${by}"`);
          const { attempts } = all.events[0]!;
          expect(new Set(all.asked()).size).toBe(all.asked().length);
          expect(attempts.map(({ target }) => target)).toEqual(all.asked());
          const ends = attempts.map((attempt) => attempt.first_token_ms ?? attempt.ended_ms);
          expect(Math.abs(Math.max(...ends) - atMs)).toBeLessThan(1);
          expect(attempts.filter(({ outcome }) => outcome === "ok").length).toBe(status === 200 ? 1 : 0);
          expect(all.gateway.targets().map((target) => target.in_flight)).toEqual([0, 0]);
          // whoever lost is told so at once
          for (const { init, target } of all.calls) {
            const lost = attempts.find((attempt) => attempt.target === target)!.outcome === "hedged_out";
            if (lost) expect(init.signal!.aborted).toBe(true);
          }
          expect(all.clock.monotonic() - before).toBeLessThanOrEqual(atMs + 100);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("the one that loses", () => {
  test("counts for nothing with its breaker, however often", async () => {
    const { run, gateway } = hedged((after) => ({ a: after(5_000, says("a")), b: says("b") }), {
      providers: { circuit_breaker: { failure_threshold: 2 } },
    });
    for (let turn = 0; turn < 5; turn++) await run();
    const [slow] = gateway.targets();
    expect(slow).toMatchObject({ in_flight: 0, failures: 0, breaker: { state: "closed", consecutive_failures: 0 } });
  });

  test("gives a half-open breaker its permit back", async () => {
    const { run, gateway, clock } = hedged((after) => ({ a: [fails(500), after(5_000, says("a"))], b: says("b") }), {
      providers: {
        circuit_breaker: { failure_threshold: 1, recovery_timeout_seconds: 1, half_open_max_requests: 1 },
      },
    });
    await run();
    await clock.advance(1_500);
    for (let turn = 0; turn < 3; turn++) expect((await run()).response.status).toBe(200);
    expect(gateway.targets()[0]).toMatchObject({ in_flight: 0, breaker: { state: "half_open" } });
  });
});

describe("a stream that is slow to begin", () => {
  test("has another asked beside it, of which every event comes and of the first none", async () => {
    const { run, attempts } = hedged((after) => ({
      a: after(2_000, streams(WHOLE("from a"))),
      b: streams(WHOLE("from b")),
    }));
    const { response } = await run(STREAM);
    const seen = reassemble(await response.text());
    expect(seen).toMatchObject({ done: true, choices: [{ text: "from b", finishes: ["stop"] }] });
    expect(attempts()).toEqual(["a: hedged_out", "b: ok (hedge)"]);
  });

  test("is one too where it has only said who speaks", async () => {
    const role = chunkEvent({ role: "assistant", content: "" });
    const { run, attempts } = hedged(() => ({ a: streams(role, { open: true }), b: streams(WHOLE("from b")) }));
    const text = await (await run(STREAM)).response.text();
    expect(reassemble(text).choices[0]?.text).toBe("from b");
    expect(attempts()).toEqual(["a: hedged_out", "b: ok (hedge)"]);
  });

  test("is no longer hedged once it has begun", async () => {
    const { run, asked, clock, events } = hedged(() => ({
      a: streams(chunkEvent({ content: "slow" }), { open: true }),
      b: streams(WHOLE("b")),
    }));
    const { response } = await run(STREAM);
    const reading = response.text();
    for (let tick = 0; events.length === 0 && tick < 700; tick++) await clock.advance(100);
    expect(reassemble(await reading).error).not.toBeNull();
    expect(asked()).toEqual(["a"]);
  });

  test("goes on with the winner's text where the winner breaks off", async () => {
    const rest: Behaviour = (call) => {
      const last = (call.body as unknown as { messages: { content: string; prefix?: boolean }[] }).messages.at(-1)!;
      expect(last).toMatchObject({ content: "Hello", prefix: true });
      return streams(WHOLE(" world"))(call);
    };
    const role = chunkEvent({ role: "assistant", content: "" });
    const { run, attempts } = hedged(
      () => ({ a: streams(role, { open: true }), b: streams(chunkEvent({ content: "Hello" })), c: rest }),
      {
        target: { c: { provider: "mistral" }, a: { max_in_flight: 1 } },
        env: { MISTRAL_API_KEY: "k" },
      },
    );
    const text = await (await run(STREAM)).response.text();
    expect(reassemble(text)).toMatchObject({ done: true, choices: [{ text: "Hello world", finishes: ["stop"] }] });
    expect(attempts()).toEqual(["a: hedged_out", "b: upstream_cut (hedge)", "c: ok"]);
  });
});

describe("on sockets", () => {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  async function two(a: Script, b: Script) {
    const ups = [await rawUpstream(a), await rawUpstream(b)];
    stops.push(...ups.map(({ stop }) => stop));
    const targets = ups.map(({ url }, at) => ({ id: at === 0 ? "a" : "b", base_url: url }));
    return testGateway(
      configOf(targets, {
        providers: { routing: { hedge: { ...HEDGE, min_delay_ms: 20 } } },
      }),
    );
  }

  for (const body of [CHAT, STREAM]) {
    const kind = body === CHAT ? "answer" : "stream";
    const fast = body === CHAT ? json(chatAnswer("fast")) : stream(WHOLE("fast"));

    test(`the slower ${kind} is cancelled within 100 ms`, async () => {
      const once = async (): Promise<number> => {
        const closed = Promise.withResolvers<number>();
        const { ask, events, recorded } = await two(async (wire) => {
          await wire.closed;
          closed.resolve(performance.now());
        }, fast);
        const response = await ask(body);
        const answeredAt = performance.now();
        expect(await response.text()).toContain("fast");
        const tookMs = (await closed.promise) - answeredAt;
        await recorded(1);
        expect(events[0]!.attempts.map(({ outcome }) => outcome)).toEqual(["hedged_out", "ok"]);
        return tookMs;
      };
      const took: number[] = [];
      // the best of five: the machine has other work, too
      while (took.length < 5 && !took.some((ms) => ms < 100)) took.push(await once());
      expect(Math.min(...took)).toBeLessThan(100);
    });

    test(`a client that goes cancels both ${kind}s`, async () => {
      const gone = new AbortController();
      const closed = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const silent =
        (at: number): Script =>
        async (wire) => {
          if (at === 1) gone.abort();
          await wire.closed;
          closed[at]!.resolve();
        };
      const { ask, events, recorded } = await two(silent(0), silent(1));
      void ask(body, { signal: gone.signal });
      await Promise.all(closed.map(({ promise }) => promise));
      await recorded(1);
      expect(events[0]!.attempts.map(({ outcome }) => outcome)).toEqual(["cancelled", "cancelled"]);
      expect(events[0]!.outcome).toBe("cancelled");
    });
  }

  test("a client that goes later cancels the winner", async () => {
    const closed = Promise.withResolvers<void>();
    const { ask, events, recorded } = await two(
      async (wire) => wire.closed,
      async (wire) => {
        await wire.streamHead();
        await wire.chunk(chunkEvent({ content: "one" }));
        await wire.closed;
        closed.resolve();
      },
    );
    const gone = new AbortController();
    const reader = (await ask(STREAM, { signal: gone.signal })).body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain("one");
    gone.abort();
    await closed.promise;
    await recorded(1);
    expect(events[0]!.attempts.map(({ outcome }) => outcome)).toEqual(["hedged_out", "cancelled"]);
  });
});

describe("output policies", () => {
  test("see the stream of the winner alone, and record that one", async () => {
    const role = chunkEvent({ role: "assistant", content: "" });
    const mail = chunkEvent({ content: "write to jane.doe@example.com now" }) + chunkEvent({}, "stop") + DONE;
    for (const first of [streams(role, { open: true }), streams(mail)]) {
      const { run, events } = hedged((after) => ({ a: first, b: after(200, streams(mail)), c: hangs }), {
        policies: { chain: ["pii-detector"] },
        policy: { "pii-detector": { mode: "enforce", action: "redact" } },
      });
      const { response } = await run(STREAM);
      const seen = reassemble(await response.text());
      expect(seen.choices[0]?.text).toBe("write to [EMAIL_REDACTED] now");
      expect(events[0]!.policies.filter(({ phase }) => phase === "output")).toMatchObject([
        { policy: "pii-detector", verdict: "redact", findings: 1 },
      ]);
    }
  });
});
