import { describe, expect, test } from "bun:test";
import { runJobs } from "../../src/scheduler/_run-jobs.ts";
import { healthProbes } from "../../src/scheduler/health-probes.ts";
import type { JobContext } from "../../src/scheduler/job.ts";
import { fakeClock } from "../support/clock.ts";
import { CHAT, configOf, testGateway } from "../support/gateway.ts";
import { chatAnswer } from "../support/raw-upstream.ts";

type Health = "up" | "down" | "silent";

const PROBE = { enabled: true, interval_seconds: 10, timeout_seconds: 5 };
const target = (id: string, more: object = {}) => ({
  id,
  base_url: `http://${id}.test/v1`,
  health_probe: PROBE,
  ...more,
});

/** A gateway and its scheduler, over targets whose health a test sets, on a clock that stands still. */
function probed(
  targets: readonly object[],
  { at = {}, ...more }: { providers?: object; at?: Record<string, Health> } & Record<string, unknown> = {},
) {
  const clock = fakeClock();
  const zeroMs = clock.monotonic();
  const health: Record<string, Health> = { ...at };
  const probes: { target: string; atMs: number }[] = [];
  const chats: string[] = [];
  let open = 0;
  let mostOpen = 0;
  const answer = async (url: string, init: RequestInit): Promise<Response> => {
    const id = new URL(url).hostname.replace(".test", "");
    if (init.method === "POST") chats.push(id);
    else probes.push({ target: id, atMs: clock.monotonic() - zeroMs });
    const state = health[id] ?? "up";
    if (state === "down") throw Object.assign(new TypeError("no"), { code: "ConnectionRefused" });
    if (state === "up") return Response.json(chatAnswer(id));
    return new Promise((_resolve, reject) => {
      init.signal!.addEventListener("abort", () => reject(init.signal!.reason));
    });
  };
  const fetch = (async (url: string, init: RequestInit) => {
    mostOpen = Math.max(mostOpen, ++open);
    return answer(url, init).finally(() => {
      open--;
    });
  }) as unknown as typeof globalThis.fetch;
  const all = testGateway(configOf(targets, more), { clock, fetch });
  let gateway = all.gateway;
  const tells: (() => void)[] = [];
  const runtime = {
    get gateway() {
      return gateway;
    },
  };
  const onReload = (tell: () => void) => void tells.push(tell);
  const context = { runtime, clock, onReload, log: { error() {} } } as unknown as JobContext;
  const stop = runJobs(context, [healthProbes], () => 0);
  return {
    ...all,
    clock,
    health,
    probes,
    chats,
    stop,
    mostOpen: () => mostOpen,
    probesOf: (id: string) => probes.filter((each) => each.target === id).map(({ atMs }) => atMs),
    view: (id = "a") => gateway.targets().find((each) => each.id === id)!,
    swap(next: readonly object[]) {
      gateway = all.reload(configOf(next, more));
      for (const tell of tells) tell();
    },
  };
}

describe("health probes", () => {
  test("ask at the start and then on the target's own interval", async () => {
    const { clock, probesOf, view } = probed([
      target("a"),
      target("b", { health_probe: { ...PROBE, interval_seconds: 25 } }),
      target("c", { health_probe: { ...PROBE, enabled: false } }),
      { id: "d", base_url: "http://d.test/v1" },
    ]);
    await clock.advance(60_000);
    expect(probesOf("a")).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    expect(probesOf("b")).toEqual([0, 25_000, 50_000]);
    expect([...probesOf("c"), ...probesOf("d")]).toEqual([]);
    expect(view("a").probe).toMatchObject({ state: "healthy", consecutive_failures: 0, last_error: null });
    expect([view("c").probe, view("d").probe]).toEqual([null, null]);
  });

  test("never ask a target whose secret is missing, nor any while the gateway is switched off", async () => {
    const missing = probed([target("a", { secret_key_ref: { env: "NOWHERE" } })]);
    await missing.clock.advance(30_000);
    const off = probed([target("a")], { pack: { name: "t", version: "1.0.0", enabled: false } });
    await off.clock.advance(30_000);
    expect([missing.probes, off.probes]).toEqual([[], []]);
  });

  test("take a dead target out before a request meets it, and back in with one success", async () => {
    const { clock, health, ask, chats, view, events, logs, observed, probesOf } = probed([
      target("a", { description: "the big one" }),
      target("b"),
    ]);
    await clock.advance(1_000);
    health["a"] = "down";
    await clock.advance(10_000);
    expect(view()).toMatchObject({ available: true, probe: { state: "healthy", consecutive_failures: 1 } });
    await clock.advance(1_000);
    expect(probesOf("a")).toEqual([0, 10_000, 12_000]);
    expect(view()).toMatchObject({ available: false, reason: "probe unhealthy", probe: { consecutive_failures: 2 } });
    expect(view().probe?.last_error).toContain("refused the connection");
    const response = await ask(CHAT);
    expect([response.headers.get("x-weir-target"), chats]).toEqual(["b", ["b"]]);
    expect(events[0]?.route?.candidates[0]).toEqual({ target: "a", dropped: "probe unhealthy" });
    expect(view().breaker).toMatchObject({ state: "closed", consecutive_failures: 0 });
    health["a"] = "up";
    await clock.advance(2_000);
    expect(view()).toMatchObject({ available: true, probe: { state: "healthy", consecutive_failures: 0 } });
    expect((await ask(CHAT)).headers.get("x-weir-target")).toBe("a");
    const said = logs.filter(({ fields }) => (fields as { target?: string }).target === "a");
    expect(said.map(({ level, message }) => `${level} ${message}`)).toEqual([
      "info health probe: unknown to healthy",
      "warn health probe: healthy to unhealthy",
      "info health probe: unhealthy to healthy",
    ]);
    expect(said[1]?.fields).toMatchObject({ description: "the big one", error: expect.any(String) });
    expect(observed.filter((line) => line.startsWith("a"))).toEqual(["a ok", "a failed", "a failed", "a ok"]);
  });

  test("see a silent target within the interval, two seconds and one timeout, and never overlap", async () => {
    const { clock, health, view, mostOpen } = probed([target("a")]);
    await clock.advance(100);
    health["a"] = "silent";
    await clock.advance(16_700);
    expect(view().reason).toBeNull();
    await clock.advance(200);
    expect(view()).toMatchObject({
      reason: "probe unhealthy",
      probe: { last_error: "No answer in 2 s", latency_ms: 2000 },
    });
    await clock.advance(60_000);
    expect(mostOpen()).toBe(1);
  });

  test("say when to come back where no target is well", async () => {
    const { clock, ask, chats } = probed([target("a")], { at: { a: "down" } });
    await clock.advance(2_500);
    const response = await ask(CHAT);
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, response.headers.get("retry-after"), chats]).toEqual([503, "2", []]);
    expect(error.message).toBe("No target can take this request: 1 × probe unhealthy");
  });

  test("keep a trial away from a target that is still dead", async () => {
    const breaker = { failure_threshold: 1, recovery_timeout_seconds: 1 };
    const { clock, ask, view, chats } = probed([target("a")], {
      at: { a: "down" },
      providers: { circuit_breaker: breaker },
    });
    await ask(CHAT);
    await clock.advance(5_000);
    expect(view()).toMatchObject({ reason: "probe unhealthy", breaker: { state: "half_open" } });
    await ask(CHAT);
    expect(chats.length).toBe(1);
  });

  test("stop with the scheduler, also those under way", async () => {
    const { clock, stop, probes, view } = probed([target("a"), target("b")], { at: { b: "silent" } });
    await clock.advance(1_000);
    stop();
    await clock.advance(60_000);
    expect(probes.length).toBe(2);
    expect(view("b").probe).toMatchObject({ state: "unknown", checked_at: null });
    expect(clock.waiting).toBe(0);
  });
});

describe("a reload", () => {
  test("begins anew only where something changed", async () => {
    const { clock, swap, probesOf, view } = probed([target("a"), target("b"), target("c")]);
    await clock.advance(4_000);
    swap([target("a"), target("b", { headers: { "x-new": "1" } }), target("d")]);
    await clock.advance(7_000);
    expect(probesOf("a")).toEqual([0, 10_000]);
    expect(probesOf("b")).toEqual([0, 4_000]);
    expect(probesOf("c")).toEqual([0]);
    expect(probesOf("d")).toEqual([4_000]);
    expect(view("a").probe?.state).toBe("healthy");
  });

  test("that takes the probe away takes its verdict away", async () => {
    const { clock, health, swap, view, ask } = probed([target("a")], { at: { a: "down" } });
    await clock.advance(3_000);
    expect(view().reason).toBe("probe unhealthy");
    swap([target("a", { health_probe: { ...PROBE, enabled: false } })]);
    expect(view()).toMatchObject({ available: true, probe: null });
    health["a"] = "up";
    expect((await ask(CHAT)).status).toBe(200);
  });
});
