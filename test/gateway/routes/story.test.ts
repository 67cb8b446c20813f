import { expect, test } from "bun:test";
import fc from "fast-check";
import { SignalTable } from "../../../src/carbon/signal-table.ts";
import type { GridSignal } from "../../../src/carbon/signals.ts";
import type { RoutingTrace } from "../../../src/schema/routing-trace.ts";
import { CHAT } from "../../support/gateway.ts";
import { answers, type Behaviour, fails, gatewayOver, refuses } from "../upstreams.ts";

const NOW_MS = 1_700_000_001_000;
const MINUTE_MS = 60_000;
const ZONES: Readonly<Record<string, string>> = {
  "scaleway-par-1": "FR",
  "scaleway-par-2": "FR",
  "ovh-gra-1": "FR",
  "atnorth-sto-1": "SE-SE3",
  "atnorth-isl-1": "IS",
};
const CODES = Object.keys(ZONES);
const PATH = ["scaleway-par-1", "scaleway-par-2", "ovh-gra-1"];

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ok: answers(),
  broken: fails(500),
  busy: fails(429, { "retry-after": "60" }),
  gone: refuses,
};

const COMPARABLE = { basis: "lifecycle", accounting: "production", kind: "measured" } as const;
const signal: fc.Arbitrary<GridSignal> = fc.record({
  zone: fc.constantFrom("FR", "SE-SE3", "IS"),
  gramsPerKwh: fc.integer({ min: 0, max: 30 }),
  basis: fc.constantFrom("lifecycle", "lifecycle", "lifecycle", "direct"),
  accounting: fc.constantFrom("production", "production", "production", "consumption"),
  kind: fc.constantFrom("measured", "measured", "estimated", "forecast"),
  source: fc.constantFrom("one", "two"),
  fromMs: fc.constant(NOW_MS - 400 * MINUTE_MS),
  observedAtMs: fc
    .oneof({ weight: 4, arbitrary: fc.nat(115) }, { weight: 1, arbitrary: fc.integer({ min: -20, max: 500 }) })
    .map((minutes) => NOW_MS - minutes * MINUTE_MS),
  fetchedAtMs: fc.constant(NOW_MS),
});

/** One that may decide beside others of its kind: of those above few may. */
const decisive = fc
  .tuple(signal, fc.nat(9))
  .map(([each, minutes]) => ({ ...each, ...COMPARABLE, observedAtMs: NOW_MS - minutes * MINUTE_MS }));

const scenario = fc.record({
  targets: fc.array(
    fc.record({
      region: fc.option(fc.constantFrom(...CODES), { nil: undefined, freq: 6 }),
      behaviour: fc.constantFrom(...Object.keys(BEHAVIOURS), "ok", "ok"),
      model: fc.constantFrom("m", "m", "other"),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  signals: fc.oneof(fc.array(signal, { maxLength: 8 }), fc.array(decisive, { minLength: 2, maxLength: 8 })),
  /** What comes in between two requests. */
  news: fc.array(signal, { maxLength: 4 }),
  ranks: fc.array(fc.nat(1), { minLength: 8, maxLength: 8 }),
  rules: fc.record({ acceptFresh: fc.boolean(), acceptForecast: fc.boolean(), liveMs: fc.constantFrom(10, 30) }),
  strategy: fc.constantFrom("default_path", "carbon_aware", "latency"),
  asks: fc.array(
    fc.record(
      { routing: fc.constantFrom("carbon_aware", "standard"), latency_budget_ms: fc.constantFrom(30, 60, 120) },
      { requiredKeys: [] },
    ),
    { minLength: 1, maxLength: 4 },
  ),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function stage({ targets, signals, ranks, rules, strategy }: Scenario) {
  const table = new SignalTable({ ...rules, liveMs: rules.liveMs * MINUTE_MS, freshMs: 120 * MINUTE_MS });
  for (const [at, each] of signals.entries()) table.put(ranks[at]!, [each]);
  const list = targets.map((each, at) => ({ ...each, id: `t${at}` }));
  const gateway = gatewayOver(Object.fromEntries(list.map(({ id, behaviour }) => [id, BEHAVIOURS[behaviour]!])), {
    target: Object.fromEntries(
      list.map(({ id, region, model }) => [id, { model, ...(region === undefined ? {} : { region }) }]),
    ),
    signals: table,
    providers: { strategy, circuit_breaker: { failure_threshold: 1 }, fallback: { max_fallback_attempts: 9 } },
  });
  return { ...gateway, hear: (news: readonly GridSignal[]) => table.put(0, news) };
}

const regionOf = (targets: Scenario["targets"], id: string) => targets[Number(id.slice(1))]!.region ?? null;

/** What must be so of every trace, whoever looks at it. */
function check(trace: RoutingTrace, asked: { order: readonly string[]; scenario: Scenario; answered: string | null }) {
  const { order, scenario: of, answered } = asked;
  const first = order[0]!;
  const { decision_mode: mode, operational_signal: decider, receipt_signal: receipt, candidates } = trace;
  const eligible = candidates.filter((candidate) => candidate.eligible);
  expect(trace.region).toBe(answered === null ? null : regionOf(of.targets, answered));
  expect(trace.failover === null).toBe(answered === null || answered === first);
  for (const each of [decider, receipt]) {
    if (each?.observed_at == null) continue;
    const age = (Date.parse(each.requested_at) - Date.parse(each.observed_at)) / MINUTE_MS;
    expect(each.age_minutes!).toBeCloseTo(age, 3);
  }
  if (receipt !== null) {
    expect(receipt.zone).toBe(ZONES[trace.region!]!);
    expect(receipt.signal_kind).not.toBe("forecast");
    if (receipt.temporal_match === "annual_fallback") expect(receipt.signal_kind).toBe("annual");
    else expect(receipt.age_minutes!).toBeLessThanOrEqual(360);
  }
  expect(decider !== null).toBe(mode === "live");
  if (mode === "live") {
    expect(decider!.live_eligible).toBe(true);
    expect(["measured", "forecast"]).toContain(decider!.signal_kind);
    expect(decider!.zone).toBe(ZONES[regionOf(of.targets, first)!]!);
    const least = Math.min(...eligible.map((candidate) => candidate.gco2_per_kwh!));
    const gap = decider!.gco2_per_kwh - least;
    if (trace.decision_reason === "lowest_current_grid_intensity") expect(gap).toBe(0);
    else expect(gap).toBeLessThan(Math.max(5, decider!.gco2_per_kwh / 10));
    expect(eligible.every(({ class: known }) => known === "live" || known === "fresh")).toBe(true);
  }
  if (mode === "degraded" || trace.decision_reason === "default_region" || trace.decision_reason === "single_zone") {
    const rank = (id: string): number => {
      const region = regionOf(of.targets, id);
      const place = region === null ? PATH.length + 1 : PATH.indexOf(region);
      return place < 0 ? PATH.length : place;
    };
    const serves = (id: string): boolean => of.targets[Number(id.slice(1))]!.model === "m";
    const wanted = eligible
      .map(({ target }) => target)
      .sort(
        (a, b) => Number(serves(b)) - Number(serves(a)) || rank(a) - rank(b) || Number(a.slice(1)) - Number(b.slice(1)),
      );
    expect(order).toEqual(wanted);
  }
  if (trace.route_policy === "carbon_aware") {
    for (const id of order) {
      expect(regionOf(of.targets, id)).not.toBeNull();
      expect(of.targets[Number(id.slice(1))]!.model).toBe("m");
    }
  }
}

test("a trace is at one with itself, with the order and with what happened", async () => {
  const modes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(scenario, async (of) => {
      fc.pre(of.targets.some(({ model }) => model === "m"));
      const { run, events, hear } = stage(of);
      for (const [at, vetted] of of.asks.entries()) {
        if (at > 0) hear(of.news.slice(at - 1, at));
        const { response } = await run({ ...CHAT, vetted });
        const event = events.at(-1)!;
        const trace = event.routing_trace ?? null;
        if (response.status === 200) {
          const shown = ((await response.json()) as { routing_trace?: RoutingTrace }).routing_trace;
          if (shown !== undefined) expect(shown).toEqual(trace!);
          expect(response.headers.get("x-weir-region")).toBe(trace?.region ?? null);
        }
        const { order } = event.route!;
        if (order.length === 0) expect(trace).toBeNull();
        else if (trace !== null) {
          modes.add(trace.decision_mode);
          check(trace, { order, scenario: of, answered: event.target });
        }
      }
    }),
    { numRuns: 1_000 },
  );
  // each is met, so that what is said above is said of something
  expect([...modes].sort()).toEqual(["degraded", "failover", "live", "standard"]);
}, 60_000);
