import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { GridSignal } from "../../src/carbon/signals.ts";
import { byDefaultPath } from "../../src/routing/_orders.ts";
import { carbonAware, HYSTERESIS } from "../../src/routing/carbon-aware.ts";
import type { Candidate, CandidateRegion } from "../../src/routing/strategy.ts";
import { aContext, candidates, ids } from "./candidates.ts";

const signal = (gramsPerKwh: number, more: Partial<GridSignal> = {}): GridSignal => ({
  zone: "any",
  gramsPerKwh,
  basis: "lifecycle",
  accounting: "production",
  kind: "measured",
  source: "static",
  fromMs: null,
  observedAtMs: 1,
  fetchedAtMs: 1,
  ...more,
});

const region = (zone: string | null, grams: number | null, more: Partial<CandidateRegion> = {}): CandidateRegion => ({
  code: `${zone}-1`,
  zone,
  pathRank: Number.POSITIVE_INFINITY,
  latencyMs: null,
  signal: grams === null ? null : signal(grams),
  ...more,
});

/** `a`, `b`, `c` … in these regions: who comes first, in which mode, why. */
function decide(regions: readonly CandidateRegion[], context: Parameters<typeof aContext>[0] = {}): string {
  const list = candidates(...regions.map((each) => ({ region: each })));
  const { order, regions: verdict } = carbonAware.pick(list, aContext(context));
  return `${ids(order)} ${verdict!.mode} ${verdict!.reason}`;
}

const LOWEST = "live lowest_current_grid_intensity";
const KEPT = "live within_hysteresis_kept_current";

describe("the lowest intensity", () => {
  test("comes first, then the next", () => {
    expect(decide([region("FR", 50), region("SE", 20), region("IS", 30)])).toBe(`bca ${LOWEST}`);
  });

  test("of equals is the nearer, then the one configured first; what is unknown is far", () => {
    const near = (latencyMs: number | null) => region("FR", 20, { latencyMs });
    expect(decide([region("SE", 20), near(null), near(30), near(10), region("IS", 90)])).toBe(`dcabe ${LOWEST}`);
  });

  test("is left alone by averages: who has no signal stands last, along the default path", () => {
    const list = [region("FI", null), region("IS", null, { pathRank: 0 }), region("FR", 50), region("SE", 20)];
    expect(decide(list)).toBe(`dcba ${LOWEST}`);
    const { regions } = carbonAware.pick(candidates(...list.map((each) => ({ region: each }))), aContext());
    expect(regions!.leftOut.map(({ candidate, reason }) => [candidate.id, reason])).toEqual([
      ["b", "no_operational_signal"],
      ["a", "no_operational_signal"],
    ]);
  });

  test("is sought among the most signals that say the same thing", () => {
    const direct = (zone: string, grams: number) => region(zone, null, { signal: signal(grams, { basis: "direct" }) });
    expect(decide([region("FR", 50), direct("SE", 1), region("IS", 40)])).toBe(`cab ${LOWEST}`);
    expect(decide([region("FR", 50), direct("SE", 1)])).toBe("ab degraded degraded_mixed_basis");
    // two zones each: which of them is compared does not depend on the order
    const four = [region("FR", 50), region("IS", 40), direct("SE", 9), direct("FI", 8)];
    expect(decide(four)).toBe(`dcab ${LOWEST}`);
    expect(decide([four[2]!, four[3]!, four[0]!, four[1]!])).toBe(`bacd ${LOWEST}`);
  });

  test("takes two targets of one zone for one signal", () => {
    expect(decide([region("FR", 50), region("FR", 50), region("SE", null)])).toBe(
      "abc degraded degraded_single_zone_signal",
    );
    expect(decide([region("FR", 50), region("FR", null)])).toBe("ab standard single_zone");
  });

  test("takes regions of unknown zones for different ones", () => {
    expect(decide([region(null, null, { code: "x" }), region(null, null, { code: "y" })])).toBe(
      "ab degraded degraded_no_operational_live_signal",
    );
    expect(decide([region(null, null, { code: "x" })])).toBe("a standard single_zone");
  });
});

describe("hysteresis", () => {
  test.each<[number, number, string]>([
    [20, 15.1, KEPT],
    [20, 15, LOWEST],
    [58, 52.3, KEPT],
    [58, 52.2, LOWEST],
    [400, 361, KEPT],
    [400, 360, LOWEST],
    [3, 0, KEPT],
    [20, 20, LOWEST],
    [20, 25, LOWEST],
  ])("at %d g/kWh the current region is left for %d only where that is worth it: %p", (current, other, said) => {
    const told = decide([region("FR", other), region("SE", current)], { currentRegion: "SE-1" });
    const stays = said === KEPT || other >= current;
    expect(told).toBe(`${stays ? "ba" : "ab"} ${said}`);
  });

  test("knows nothing of a region that is not there", () => {
    expect(decide([region("FR", 49), region("SE", 50)], { currentRegion: "IS-1" })).toBe(`ab ${LOWEST}`);
    expect(decide([region("FR", 49), region("SE", null), region("FI", 60)], { currentRegion: "SE-1" })).toBe(
      `acb ${LOWEST}`,
    );
  });
});

describe("a latency budget", () => {
  const far = (zone: string, grams: number | null, latencyMs: number | null) => region(zone, grams, { latencyMs });

  test("leaves out who is farther, and who may be", () => {
    const list = [far("FR", 50, 45), far("SE", 20, 70), far("IS", 10, null), far("FI", 60, 40)];
    expect(decide(list, { latencyBudgetMs: 45 })).toBe(`ad ${LOWEST}`);
    const { regions } = carbonAware.pick(
      candidates(...list.map((each) => ({ region: each }))),
      aContext({ latencyBudgetMs: 45 }),
    );
    expect(regions!.leftOut.map(({ candidate, reason }) => [candidate.id, reason])).toEqual([
      ["b", "over_latency_budget"],
      ["c", "latency_unknown"],
    ]);
  });

  test("that nobody keeps degrades to all of them", () => {
    const list = [far("FR", 50, null), far("SE", 20, 70)];
    expect(decide(list, { latencyBudgetMs: 45 })).toBe("ab degraded degraded_no_candidate_within_latency_budget");
    const { regions } = carbonAware.pick(
      candidates(...list.map((each) => ({ region: each }))),
      aContext({ latencyBudgetMs: 45 }),
    );
    expect(regions!.leftOut.map(({ candidate, reason }) => [candidate.id, reason])).toEqual([
      ["a", "latency_unknown"],
      ["b", "over_latency_budget"],
    ]);
  });
});

describe("whatever is known", () => {
  const known = fc.record({
    zone: fc.option(fc.constantFrom("FR", "SE", "IS", "FI"), { nil: null }),
    pathRank: fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY),
    latencyMs: fc.option(fc.nat(100), { nil: null }),
    basis: fc.constantFrom("lifecycle", "direct"),
    grams: fc.option(fc.integer({ min: 0, max: 60 }), { nil: null }),
    servesModel: fc.boolean(),
  });
  const listed = fc.array(known, { maxLength: 8 }).map((each) =>
    candidates(
      ...each.map(({ zone, pathRank, latencyMs, basis, grams, servesModel }, at) => ({
        servesModel,
        region: {
          code: `r${at}`,
          zone,
          pathRank,
          latencyMs,
          signal: grams === null ? null : signal(grams, { basis: basis as "direct" }),
        },
      })),
    ),
  );
  const context = fc.record({
    latencyBudgetMs: fc.option(fc.integer({ min: 1, max: 100 }), { nil: null }),
    currentRegion: fc.option(fc.constantFrom("r0", "r1", "r2"), { nil: null }),
  });
  const gramsOf = ({ region: at }: Candidate): number => at!.signal!.gramsPerKwh;
  const kindOf = ({ region: at }: Candidate): string => `${at!.signal!.basis}`;

  test("the first is the lowest of what can be compared, or the default path is followed", () => {
    fc.assert(
      fc.property(listed, context, (list, more) => {
        const { order, regions } = carbonAware.pick(list, aContext(more));
        const { mode, reason, leftOut } = regions!;
        const first = order[0];
        if (mode !== "live") {
          expect([...order].sort(byDefaultPath)).toEqual([...order]);
          return;
        }
        const out = new Set(leftOut.map(({ candidate }) => candidate.id));
        const compared = order.filter(({ id }) => !out.has(id));
        expect(new Set(compared.map(kindOf)).size).toBe(1);
        expect(new Set(compared.map(({ region: at }) => at!.zone ?? at!.code)).size).toBeGreaterThan(1);
        const least = Math.min(...compared.map(gramsOf));
        const gap = gramsOf(first!) - least;
        if (reason === "lowest_current_grid_intensity") expect(gap).toBe(0);
        else {
          expect(first!.region!.code).toBe(more.currentRegion!);
          expect(gap).toBeGreaterThan(0);
          expect(gap).toBeLessThan(Math.max(HYSTERESIS.gramsPerKwh, gramsOf(first!) * HYSTERESIS.share));
        }
        const { latencyBudgetMs } = more;
        if (latencyBudgetMs !== null) {
          expect(order.every(({ region: at }) => at!.latencyMs !== null && at!.latencyMs <= latencyBudgetMs)).toBe(
            true,
          );
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("somebody is asked where somebody is eligible", () => {
    fc.assert(
      fc.property(listed, context, (list, more) => {
        expect(carbonAware.pick(list, aContext(more)).order.length > 0).toBe(list.length > 0);
      }),
    );
  });
});
