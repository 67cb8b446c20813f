import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { GridSignal } from "../../src/carbon/signals.ts";
import { strategies } from "../../src/routing/index.ts";
import type { Candidate, CandidateRegion, Measure, Strategy } from "../../src/routing/strategy.ts";
import { aContext, NOW_MS } from "../routing/candidates.ts";

const all: readonly (readonly [string, Strategy])[] = Object.entries(strategies);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const ms = fc.double({ min: 0, max: 3_600_000, noNaN: true });

const measure: fc.Arbitrary<Measure> = fc.record({
  averageMs: maybe(ms),
  lastMs: maybe(ms),
  lastAtMs: fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), fc.double({ min: 0, max: NOW_MS, noNaN: true })),
  samples: fc.nat(50),
  waiting: fc.nat(5),
  silentSinceMs: maybe(fc.double({ min: 0, max: NOW_MS, noNaN: true })),
});

const signal: fc.Arbitrary<GridSignal> = fc.record({
  zone: fc.constantFrom("FR", "SE-SE3", "IS"),
  gramsPerKwh: fc.double({ min: 0, max: 900, noNaN: true }),
  basis: fc.constantFrom("lifecycle", "direct"),
  accounting: fc.constantFrom("production", "consumption"),
  kind: fc.constant("measured"),
  source: fc.constant("static"),
  fromMs: fc.constant(null),
  observedAtMs: fc.nat(),
  fetchedAtMs: fc.nat(),
});

const region: fc.Arbitrary<CandidateRegion> = fc.record({
  code: fc.constantFrom("p1", "p2", "sto", "isl"),
  zone: maybe(fc.constantFrom("FR", "SE-SE3", "IS")),
  pathRank: fc.oneof(fc.nat(3), fc.constant(Number.POSITIVE_INFINITY)),
  latencyMs: maybe(fc.nat(200)),
  signal: maybe(signal),
});

const eligible: fc.Arbitrary<readonly Candidate[]> = fc
  .array(
    fc.record({
      weight: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      servesModel: fc.boolean(),
      inFlight: fc.nat(20),
      latency: measure,
      tokenTime: measure,
      priceUsd: maybe(fc.double({ min: 0, max: 10, noNaN: true })),
      region: maybe(region),
    }),
    { maxLength: 12 },
  )
  .map((list) => list.map((candidate, position) => ({ ...candidate, position, id: `t${position}` })));

const context = fc.record({
  turn: fc.oneof(fc.nat(100), fc.maxSafeNat()),
  sticky: maybe(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
  minSampleCount: fc.integer({ min: 1, max: 100 }),
  explorers: fc.integer({ min: 1, max: 64 }),
  windowMs: fc.integer({ min: 1_000, max: 86_400_000 }),
  regional: fc.boolean(),
  currentRegion: maybe(fc.constantFrom("p1", "p2", "sto", "isl")),
});

describe("every strategy", () => {
  test("has a name and aliases that nobody else has", () => {
    const names = all.flatMap(([, { name, aliases }]) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    expect(all.every(([, { name, aliases }]) => [name, ...aliases].every((each) => /^[a-z_]+$/.test(each)))).toBe(true);
  });

  test("of the specification is there", () => {
    const names = all.flatMap(([, { name, aliases }]) => [name, ...aliases]).sort();
    expect(names).toEqual(
      [
        ...["single", "fallback", "ordered", "priority", "weighted_round_robin", "weighted", "round_robin"],
        ...["latency", "lowest_latency", "least_busy", "cost", "highest_throughput", "carbon_aware", "default_path"],
      ].sort(),
    );
  });

  test.each(all)("%s orders all who are eligible, each once, and touches nothing", (_name, strategy) => {
    fc.assert(
      fc.property(eligible, context, (list, rest) => {
        const before = structuredClone(list);
        const frozen = Object.freeze([...list]);
        const { order, failover, because } = strategy.pick(frozen, aContext(rest));
        expect(new Set(order).size).toBe(order.length);
        expect(order.every((candidate) => list.includes(candidate))).toBe(true);
        expect(order.length).toBe(strategy.pool === "first" ? Math.min(1, list.length) : list.length);
        expect(failover).toBe(strategy.pool !== "first");
        expect(because).toMatch(/^[a-z ]+$/);
        expect(list).toEqual(before);
      }),
    );
  });

  test.each(all)("%s decides the same in the same place, however its candidates are listed", (_name, strategy) => {
    fc.assert(
      fc.property(eligible, context, (list, rest) => {
        const there = strategy.pick(list, aContext(rest)).order;
        const again = strategy.pick([...list].reverse(), aContext(rest)).order;
        expect(again.map(({ id }) => id)).toEqual(there.map(({ id }) => id));
      }),
    );
  });

  test.each(all.filter(([, { uses }]) => !uses.includes("sticky")))("%s heeds no sticky caller", (_name, strategy) => {
    fc.assert(
      fc.property(eligible, context, (list, rest) => {
        const stuck = strategy.pick(list, aContext(rest));
        expect(stuck).toEqual(strategy.pick(list, aContext({ ...rest, sticky: null })));
      }),
    );
  });
});
