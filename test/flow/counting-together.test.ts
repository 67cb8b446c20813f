/** Gateways that count together, from outside: two processes on a Redis or Valkey server, two workers of one process. */

import { afterAll, describe, expect, test } from "bun:test";
import { sha256Hex } from "../../src/lib/digest.ts";
import { FLEET_TOKEN, type Fleet, fleetConfig, fleetUpstream, heldUp, twoNodes, twoWorkers } from "../support/fleet.ts";
import { hasRedis, startRedis, stopServer } from "../support/redis-server.ts";
import { type SpawnedGateway, startGateway } from "../support/spawn-gateway.ts";
import { until } from "../support/until.ts";

const KINDS: readonly (readonly [string, (config: Record<string, unknown>) => Promise<Fleet>])[] = [
  ["two nodes on a server", twoNodes],
  ["two workers of a process", twoWorkers],
];

afterAll(stopServer);

/** Status and error code of an answer. */
async function outcome(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const body = (await response.json()) as { error?: { code: string } };
  return body.error === undefined ? String(response.status) : `${response.status} ${body.error.code}`;
}

const ANN = { authorization: "Bearer sk-ann" };
const consumers = (more: object) => ({ consumers: [{ id: "ann", key_sha256: sha256Hex("sk-ann"), ...more }] });

/** The one target as one node shows it. */
async function target(fleet: Fleet, node: number) {
  const { targets } = (await fleet.api(node, "/api/targets")) as {
    targets: { reason: string | null; breaker: { state: string; resting_until: number | null } }[];
  };
  return targets[0]!;
}

describe.each(KINDS)("%s", (kind, start) => {
  const it = test.skipIf(kind === "two nodes on a server" && !hasRedis);

  it("let together in what one would", async () => {
    using upstream = fleetUpstream();
    await using fleet = await start(
      fleetConfig(upstream, { global_rate_limit: { max_requests: 20, window_seconds: 60 } }),
    );
    const all = await Promise.all(Array.from({ length: 50 }, (_, at) => outcome(fleet.ask(at))));
    expect(all.filter((each) => each === "200")).toHaveLength(20);
    expect(all.filter((each) => each === "429 rate_limited")).toHaveLength(30);
    expect(upstream.calls).toBe(20);
    const refused = await fleet.ask(1);
    expect(refused.headers.get("x-ratelimit-limit-requests")).toBe("20");
    expect(refused.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(30);
    expect(wait).toBeLessThanOrEqual(60);
  }, 60_000);

  it("spend together no more than a budget has", async () => {
    using upstream = fleetUpstream();
    upstream.delayMs = 300;
    // a completion token is 0.001 USD: 30 at most, 10 in the end
    await using fleet = await start(fleetConfig(upstream, { budgets: { usd_per_day: 1 } }));
    const ask = (at: number) => outcome(fleet.ask(at, { body: { max_tokens: 30 } }));
    const all = await Promise.all(Array.from({ length: 500 }, (_, at) => ask(at)));
    const served = all.filter((each) => each === "200").length;
    expect(served + all.filter((each) => each === "402 budget_exceeded").length).toBe(500);
    expect(upstream.calls).toBe(served);
    // never more than is left is reserved at once
    expect(upstream.most).toBeLessThanOrEqual(33);
    expect(served).toBeGreaterThanOrEqual(33);
    expect(served * 0.01).toBeLessThanOrEqual(1);
    upstream.delayMs = 0;
    // what was settled by one may reach the other a moment later: until then it counts as reserved, never as free
    let asked = 0;
    let total = served;
    await until(async () => {
      if ((await ask(asked++)) === "200") total++;
      return total === 98;
    });
    // 0.020 USD are left, which is less than 0.030
    for (const at of [0, 1, 2, 3]) expect(await ask(at)).toBe("402 budget_exceeded");
  }, 60_000);

  it("count a consumer's tokens and places together", async () => {
    using upstream = fleetUpstream();
    const rate_limits = { max_parallel_requests: 2, tokens_per_minute: 100 };
    await using fleet = await start(fleetConfig(upstream, consumers({ rate_limits })));
    const ask = (at: number) => outcome(fleet.ask(at, { headers: ANN }));
    const all = await heldUp(upstream, { taken: 2, asked: Array.from({ length: 6 }, (_, at) => () => ask(at)) });
    expect(all.filter((each) => each === "200")).toHaveLength(2);
    expect(all.filter((each) => each === "429 too_many_streams")).toHaveLength(4);
    const later = [];
    for (let at = 0; at < 5; at++) later.push(await ask(at));
    // 20 tokens each: five of a hundred
    expect(later).toEqual(["200", "200", "200", "429 rate_limited", "429 rate_limited"]);
    expect(await outcome(fleet.ask(0))).toBe("401 invalid_api_key");
  }, 60_000);

  it("open a breaker together, and try again together", async () => {
    using upstream = fleetUpstream();
    // a busy machine takes a part of it for what is shown before it is over
    const circuit_breaker = { failure_threshold: 4, recovery_timeout_seconds: 5, half_open_max_requests: 1 };
    await using fleet = await start(fleetConfig(upstream, { providers: { circuit_breaker } }));
    for (let at = 0; at < 4; at++) expect(await outcome(fleet.ask(at))).toBe("200");
    upstream.status = 500;
    for (let at = 0; at < 4; at++) expect(await outcome(fleet.ask(at))).toBe("502 upstream_failed");
    // over a network the news takes its time; workers know before an answer is out
    if (kind === "two nodes on a server") {
      for (const node of [0, 1]) await until(async () => (await target(fleet, node)).breaker.state === "open");
    }
    const before = upstream.calls;
    for (let at = 0; at < 6; at++) expect(await outcome(fleet.ask(at))).toBe("503 service_unavailable");
    expect(upstream.calls).toBe(before);
    expect((await target(fleet, 0)).breaker.state).toBe("open");
    expect((await target(fleet, 1)).breaker.state).toBe("open");
    upstream.status = 200;
    await until(async () => (await target(fleet, 0)).breaker.state === "half_open");
    const asked = Array.from({ length: 8 }, (_, at) => () => outcome(fleet.ask(at)));
    const all = await heldUp(upstream, { taken: 1, asked });
    expect(all.filter((each) => each === "200")).toHaveLength(1);
    expect(upstream.calls).toBe(before + 1);
    await until(async () => (await target(fleet, 1)).breaker.state === "closed");
    expect(await outcome(fleet.ask(1))).toBe("200");
    const said = fleet.logs().match(/circuit breaker: \w+ to \w+/g);
    expect(said?.sort()).toEqual([
      "circuit breaker: closed to open",
      "circuit breaker: half_open to closed",
      "circuit breaker: open to half_open",
    ]);
  }, 60_000);

  it("leave a target alone that asked one of them to", async () => {
    using upstream = fleetUpstream();
    await using fleet = await start(fleetConfig(upstream));
    upstream.status = 429;
    upstream.headers = { "retry-after": "30" };
    expect(await outcome(fleet.ask(0))).toBe("429 upstream_rate_limited");
    if (kind === "two nodes on a server") await until(async () => (await target(fleet, 1)).reason === "resting");
    for (const at of [0, 1, 2, 3]) expect(await outcome(fleet.ask(at))).toBe("503 service_unavailable");
    expect(upstream.calls).toBe(1);
    expect((await target(fleet, 1)).reason).toBe("resting");
  }, 60_000);
});

describe("a server that is gone", () => {
  const it = test.skipIf(!hasRedis);
  const config = (upstream: ReturnType<typeof fleetUpstream>, onError: string, url: string) =>
    fleetConfig(upstream, {
      global_rate_limit: { max_requests: 3, window_seconds: 600 },
      store: { counters: { url, on_error: onError } },
    });
  const failing = async (gateway: SpawnedGateway): Promise<string> =>
    /^weir_counters_failing (\d)$/m.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1] ?? "";
  const env = { FLEET_TOKEN };
  const post = (gateway: SpawnedGateway) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }] }),
    });

  it("is counted without, marked and said, and with again when it is back", async () => {
    using upstream = fleetUpstream();
    await using redis = await startRedis();
    const url = `redis://default:@127.0.0.1:${redis.port}`;
    await using gateway = await startGateway({ config: config(upstream, "local", url), env });
    expect(await outcome(post(gateway))).toBe("200");
    expect(await failing(gateway)).toBe("0");
    await redis.stop();
    await until(async () => (await failing(gateway)) === "1");
    const alone = [];
    for (let at = 0; at < 4; at++) alone.push(await outcome(post(gateway)));
    expect(alone).toEqual(["200", "200", "200", "429 rate_limited"]);
    const headers = { authorization: `Bearer ${FLEET_TOKEN}` };
    const { events } = (await (await fetch(`${gateway.url}/api/events`, { headers })).json()) as {
      events: { degraded: string[] }[];
    };
    expect(events.map(({ degraded }) => degraded.join())).toEqual([...Array(4).fill("counters_local"), ""]);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    await redis.start();
    await until(async () => (await failing(gateway)) === "0");
    const together = [];
    for (let at = 0; at < 3; at++) together.push(await outcome(post(gateway)));
    expect(together).toEqual(["200", "200", "429 rate_limited"]);
    expect(gateway.logs()).toContain("the shared counters of store.counters.url cannot be reached");
    expect(gateway.logs()).toContain("the shared counters are back");
  }, 60_000);

  it("means 503 where the configuration says so, at the start too", async () => {
    using upstream = fleetUpstream();
    await using redis = await startRedis();
    const url = `redis://127.0.0.1:${redis.port}`;
    await redis.stop();
    await using gateway = await startGateway({ config: config(upstream, "refuse", url), env });
    const refused = await post(gateway);
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ error: { code: "overloaded" } });
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    expect(upstream.calls).toBe(0);
    await redis.start();
    await until(async () => (await failing(gateway)) === "0");
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    expect(await outcome(post(gateway))).toBe("200");
  }, 60_000);
});
