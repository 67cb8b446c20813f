import { describe, expect, test } from "bun:test";
import { answers, type Behaviour, fails, gatewayOver, hangs, refuses, streams } from "../gateway/upstreams.ts";
import { CHAT, configOf } from "../support/gateway.ts";
import { chunkEvent, DONE } from "../support/raw-upstream.ts";

const STREAM = { ...CHAT, stream: true };
const BREAKER = { failure_threshold: 3, recovery_timeout_seconds: 30, half_open_max_requests: 2 };

/** A gateway with a breaker that opens on three failures in a row. */
function guarded(
  targets: Parameters<typeof gatewayOver>[0],
  {
    breaker,
    providers,
    target = {},
    config,
  }: { breaker?: object; providers?: object; target?: Record<string, object>; config?: object } = {},
) {
  const all = gatewayOver(targets, {
    providers: { retry: { max_attempts: 1 }, circuit_breaker: { ...BREAKER, ...breaker }, ...providers },
    target,
    ...config,
  });
  const times = async (count: number, body: object = CHAT) => {
    for (let turn = 0; turn < count; turn++) {
      const before = all.events.length;
      const { response } = await all.run(body);
      const text = response.bodyUsed ? "" : response.text();
      // what stalls ends when its time is over
      for (let tick = 0; all.events.length === before && tick < 1_000; tick++) await all.clock.advance(100);
      await text;
    }
  };
  const view = (id = "a") => all.gateway.targets().find((one) => one.id === id)!;
  return { ...all, times, view };
}

const cut = streams(chunkEvent({ content: "half" }));

describe("a target that fails", () => {
  test.each<[string, Behaviour, object]>([
    ["refuses connections", refuses, CHAT],
    ["answers 500", fails(500), CHAT],
    ["answers 503", fails(503), CHAT],
    ["is silent", hangs, CHAT],
    ["sends what is no answer", answers("nonsense"), CHAT],
    ["is silent before its first word", streams(": wait\n\n", { open: true }), STREAM],
    ["cuts its streams after the first word", cut, STREAM],
    ["stalls after the first word", streams(chunkEvent({ content: "half" }), { open: true }), STREAM],
  ])("and %s is left alone after so many failures in a row, at once", async (_name, behaviour, body) => {
    const { calls, run, times, view, events } = guarded({ a: behaviour });
    const pending = times(3, body);
    await pending;
    expect(calls.length).toBe(3);
    expect(view()).toMatchObject({ available: false, reason: "breaker open", breaker: { state: "open" } });
    const { response, error } = await run(body);
    expect([response.status, error?.["code"], calls.length]).toEqual([503, "service_unavailable", 3]);
    expect(error?.["message"]).toContain("1 × breaker open");
    expect(events.at(-1)).toMatchObject({
      attempts: [],
      route: { candidates: [{ target: "a", dropped: "breaker open" }] },
    });
  });

  test.each<[string, Behaviour]>([
    ["for the caller's own mistake", fails(400)],
    ["for too many requests", fails(429)],
    ["for our key", fails(401)],
    ["for more than we read", answers({ long: "x".repeat(2_000) })],
  ])("a request %s counts for nothing", async (_name, behaviour) => {
    const { times, view, calls } = guarded(
      { a: behaviour },
      { config: { size_limits: { max_response_bytes: 1_000 } } },
    );
    await times(6);
    expect(calls.length).toBe(6);
    expect(view().breaker).toMatchObject({ state: "closed", consecutive_failures: 0 });
  });

  test.each([false, true])("is tried again after a first one that is slow to fail (shared: %p)", async (sharing) => {
    const { run, times, clock, view, events } = guarded(
      { a: [answers(), answers(), answers(), hangs], b: [fails(500), fails(500), fails(500), answers()] },
      { target: { a: { timeout_seconds: 5 }, b: { model: "other" } }, config: { sharing } },
    );
    await times(3, { ...CHAT, model: "b" });
    expect(view("b").breaker.state).toBe("open");
    await clock.advance(30_000);
    const { response } = await run({ ...CHAT, model: "a" });
    expect([response.status, response.headers.get("x-weir-target")]).toEqual([200, "b"]);
    expect(events.at(-1)!.attempts.map(({ target, outcome }) => [target, outcome])).toEqual([
      ["a", "upstream_timeout"],
      ["b", "ok"],
    ]);
  });

  test("is passed over for the next one, with the reason on the record", async () => {
    const { calls, run, times, events } = guarded({ a: fails(500), b: answers() });
    await times(3);
    const { response } = await run();
    expect([response.status, response.headers.get("x-weir-target"), calls.length]).toEqual([200, "b", 7]);
    expect(events.at(-1)?.route?.candidates).toEqual([
      { target: "a", dropped: "breaker open" },
      { target: "b", dropped: null },
    ]);
    expect(events.at(-1)?.attempts.length).toBe(1);
  });

  test("is not retried any more once its breaker has opened", async () => {
    const retry = { max_attempts: 5, initial_backoff_ms: 10 };
    const { calls, run } = guarded({ a: fails(500), b: answers() }, { providers: { retry } });
    expect((await run()).response.headers.get("x-weir-target")).toBe("b");
    expect(calls.map(({ target }) => target)).toEqual(["a", "a", "a", "b"]);
  });

  test("while a request is on its way to it is passed over, with the reason on the record", async () => {
    const { ask, clock, asked, recorded, events } = guarded(
      { a: hangs, b: fails(500) },
      { target: { a: { timeout_seconds: 2 } }, breaker: { failure_threshold: 1 } },
    );
    const waiting = ask(CHAT);
    await clock.advance(100);
    const other = ask({ ...CHAT, model: "b" });
    await clock.advance(3_000);
    expect((await waiting).status).toBe(504);
    await other;
    await recorded(2);
    expect(asked()).toEqual(["a", "b", "a"]);
    expect(events[0]?.route?.candidates).toEqual([
      { target: "a", dropped: null },
      { target: "b", dropped: "breaker open" },
    ]);
  });

  test("by rate is left alone too, and never where breakers are off", async () => {
    const every2nd = [fails(500), answers(), fails(500), answers()];
    const rate = { failure_threshold: 100, failure_rate: 0.5, minimum_requests: 4 };
    const byRate = guarded({ a: every2nd }, { breaker: rate });
    await byRate.times(4);
    expect(byRate.view().breaker.state).toBe("open");
    const off = guarded({ a: fails(500) }, { breaker: { enabled: false } });
    await off.times(20);
    expect([off.calls.length, off.view().breaker.state, off.view().available]).toEqual([20, "off", true]);
  });
});

describe("when every target is open", () => {
  test("Retry-After says when the first of them takes a trial", async () => {
    const { run, times, clock, calls } = guarded({
      a: [fails(500), fails(500), fails(500), fails(500)],
      b: fails(500),
    });
    await times(3);
    await clock.advance(10_000);
    const { response, error } = await run();
    expect([response.status, response.headers.get("retry-after"), calls.length]).toEqual([503, "20", 6]);
    expect(error?.["message"]).toBe("No target can take this request: 2 × breaker open");
  });

  test("trials come back one by one, close the breaker, and every change is logged and counted", async () => {
    const behaviours = [fails(500), fails(500), fails(500), fails(500), answers(), answers()];
    const { run, times, clock, view, logs, observed } = guarded(
      { a: behaviours },
      { target: { a: { description: "the big one" } } },
    );
    await times(3);
    expect(view().breaker.half_open_at! - view().breaker.since!).toBe(30_000);
    await clock.advance(30_000);
    expect(view()).toMatchObject({ available: true, breaker: { state: "half_open", half_open_at: null } });
    await times(1);
    expect(view().breaker.half_open_at! - view().breaker.since!).toBe(60_000);
    expect((await run()).response.status).toBe(503);
    await clock.advance(60_000);
    await times(2);
    expect(view()).toMatchObject({ available: true, breaker: { state: "closed", consecutive_failures: 0 } });
    expect(observed).toEqual([
      "a closed open",
      "a open half_open",
      "a half_open open",
      "a open half_open",
      "a half_open closed",
    ]);
    expect(logs.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "warn circuit breaker: closed to open",
      "info circuit breaker: open to half_open",
      "warn circuit breaker: half_open to open",
      "info circuit breaker: open to half_open",
      "info circuit breaker: half_open to closed",
    ]);
    expect(logs[0]?.fields).toEqual({
      target: "a",
      description: "the big one",
      from: "closed",
      to: "open",
      reason: "3 failures in a row",
      half_open_in_seconds: 30,
    });
  });

  test("a prompt that is too long for the others is no mistake of the caller's", async () => {
    const { run, times } = guarded({ a: fails(500), b: answers() }, { target: { b: { max_context_tokens: 1 } } });
    await times(3);
    const { response, error } = await run();
    expect([response.status, error?.["code"], response.headers.get("retry-after")]).toEqual([
      503,
      "service_unavailable",
      "30",
    ]);
  });
});

describe("a trial", () => {
  const opened = [fails(500), fails(500), fails(500)];

  test("is one of so many at a time, however many ask at once", async () => {
    let let1Go = (): void => {};
    const held = new Promise<void>((resolve) => {
      let1Go = resolve;
    });
    const slow: Behaviour = async (call) => {
      await held;
      return answers()(call);
    };
    const { ask, times, clock, calls, view } = guarded({ a: [...opened, slow] });
    await times(3);
    await clock.advance(30_000);
    const crowd = Array.from({ length: 50 }, () => ask(CHAT));
    await clock.advance(0);
    expect(calls.length).toBe(5);
    let1Go();
    const statuses = (await Promise.all(crowd)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBe(2);
    expect(statuses.filter((status) => status === 503).length).toBe(48);
    expect(view().breaker.state).toBe("closed");
  });

  test.each<[string, Behaviour, object]>([
    ["before an answer", hangs, CHAT],
    ["before the first word", streams(": wait\n\n", { open: true }), STREAM],
    ["in a stream", streams(chunkEvent({ content: "half" }), { open: true }), STREAM],
  ])("whose client goes away %s gives its place back", async (_name, behaviour, body) => {
    const { ask, times, clock, view, recorded } = guarded({ a: [...opened, behaviour, behaviour, answers()] });
    await times(3);
    await clock.advance(30_000);
    for (let turn = 0; turn < 2; turn++) {
      const leaving = new AbortController();
      const answering = ask(body, { signal: leaving.signal });
      await clock.advance(100);
      leaving.abort();
      await (await answering).text().catch(() => {});
      await recorded(4 + turn);
    }
    expect(view()).toMatchObject({ available: true, in_flight: 0, breaker: { state: "half_open" } });
    await times(2);
    expect(view().breaker.state).toBe("closed");
  });

  test("that is a stream holds its place until the stream is over", async () => {
    const whole = streams(chunkEvent({ content: "a" }) + chunkEvent({}, "stop") + DONE);
    const { ask, times, clock, view } = guarded({ a: [...opened, whole] }, { breaker: { half_open_max_requests: 1 } });
    await times(3);
    await clock.advance(30_000);
    const response = await ask(STREAM);
    expect(view()).toMatchObject({ reason: "breaker half-open", breaker: { state: "half_open" } });
    expect((await ask(CHAT)).status).toBe(503);
    await response.text();
    expect(view().breaker.state).toBe("closed");
  });
});

describe("a timeout", () => {
  test("that the caller's own deadline caused counts against nobody", async () => {
    const { run, view } = guarded({ a: hangs });
    for (let turn = 0; turn < 5; turn++) await run(CHAT, { headers: { "x-request-timeout-ms": "300" } });
    expect(view()).toMatchObject({ failures: 5, breaker: { state: "closed", consecutive_failures: 0 } });
  });

  test("counts where the target's own limit came first, whatever the caller allows", async () => {
    const { run, view } = guarded({ a: hangs }, { target: { a: { timeout_seconds: 1 } } });
    for (let turn = 0; turn < 3; turn++) await run(CHAT, { headers: { "x-request-timeout-ms": "50000" } });
    expect(view().breaker.state).toBe("open");
  });

  test("of a stream whose client has stopped reading is the client's", async () => {
    const { ask, clock, view, recorded, events } = guarded(
      { a: streams(chunkEvent({ content: "a" }), { open: true }) },
      { target: { a: { stream_timeout_seconds: 2 } }, breaker: { failure_threshold: 1 } },
    );
    const response = await ask(STREAM);
    await clock.advance(3_000);
    await recorded(1);
    expect(events[0]?.outcome).toBe("upstream_timeout");
    expect(view().breaker).toMatchObject({ state: "closed", consecutive_failures: 0 });
    expect(await response.text()).toContain("upstream_timeout");
  });

  test("of a target that only had what another left does not count; the other's does", async () => {
    const { times, view } = guarded(
      { a: hangs, b: hangs },
      { providers: { total_timeout_seconds: 3 }, target: { a: { timeout_seconds: 2 } } },
    );
    await times(2);
    expect([view("a").breaker.consecutive_failures, view("b").breaker.consecutive_failures]).toEqual([2, 0]);
  });
});

describe("a target that asks to be left alone", () => {
  const busy = fails(429, { "retry-after": "10" });

  test("rests: the next request goes elsewhere at once, until its time is over", async () => {
    const { run, clock, calls, view, events, logs } = guarded({ a: [busy, answers()], b: answers() });
    expect((await run()).response.headers.get("x-weir-target")).toBe("b");
    expect((await run()).response.headers.get("x-weir-target")).toBe("b");
    expect(calls.map(({ target }) => target)).toEqual(["a", "b", "b"]);
    expect(events.at(-1)?.route?.candidates[0]).toEqual({ target: "a", dropped: "resting" });
    expect(view()).toMatchObject({ available: false, reason: "resting", breaker: { state: "closed" } });
    expect(logs).toMatchObject([{ level: "info", fields: { target: "a", retry_after_ms: 10_000 } }]);
    await clock.advance(10_000);
    expect(view().breaker.resting_until).toBeNull();
    expect((await run()).response.headers.get("x-weir-target")).toBe("a");
  });

  test("is asked again by the request that has waited for it", async () => {
    const { run, calls } = guarded({ a: [busy, answers()] }, { providers: { retry: { max_attempts: 2 } } });
    expect((await run()).response.status).toBe(200);
    expect(calls.map(({ atMs }) => atMs)).toEqual([0, 10_000]);
  });

  test("for a day is asked again after an hour; where nobody else is left, Retry-After says so", async () => {
    const { run, clock, calls } = guarded({ a: fails(429, { "retry-after": "86400" }) });
    await run();
    const { response, error } = await run();
    expect([response.status, response.headers.get("retry-after"), calls.length]).toEqual([503, "3600", 1]);
    expect(error?.["message"]).toBe("No target can take this request: 1 × resting");
    await clock.advance(3_600_000);
    await run();
    expect(calls.length).toBe(2);
  });

  test("without saying how long does not rest", async () => {
    const { times, calls } = guarded({ a: fails(429) });
    await times(3);
    expect(calls.length).toBe(3);
  });
});

describe("a reload", () => {
  const targets = [{ id: "a", base_url: "http://a.test/v1" }];
  const withBreaker = (circuit_breaker: object, list: object[] = targets) =>
    configOf(list, { providers: { circuit_breaker } });

  test("keeps the state of a target that stays what it is, under the new rules", async () => {
    const { times, reload, observed } = guarded({ a: fails(500) });
    await times(3);
    const kept = reload(withBreaker({ ...BREAKER, failure_threshold: 9 }));
    expect(kept.targets()[0]).toMatchObject({ reason: "breaker open" });
    const off = reload(withBreaker({ enabled: false }));
    expect(off.targets()[0]).toMatchObject({ available: true, breaker: { state: "off" } });
    const moved = reload(withBreaker(BREAKER, [{ id: "a", base_url: "http://b.test/v1" }]));
    expect(moved.targets()[0]).toMatchObject({ reason: null, breaker: { state: "closed", since: null } });
    expect(observed).toEqual(["a closed open", "a open closed"]);
  });
});
