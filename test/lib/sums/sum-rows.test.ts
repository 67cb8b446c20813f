import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HOUR_MS } from "../../../src/lib/durations.ts";
import { percentile, Rollup, type Sums, sumsOf } from "../../../src/lib/sums/rollup.ts";
import { addValues, BUCKET_MS, DIMENSIONS, mergeRows, type SumRow, sumRows } from "../../../src/lib/sums/sum-rows.ts";
import { Tallies } from "../../../src/lib/sums/tallies.ts";
import type { AttemptRecord, RequestEvent } from "../../../src/schema/event.ts";
import { anEvent } from "../../support/events.ts";

const [ATTEMPT] = anEvent().attempts as [AttemptRecord];
const NONE = { prompt_tokens: null, completion_tokens: null, cached_tokens: null, reasoning_tokens: null };
const attempt = (differs: Partial<AttemptRecord>): AttemptRecord => ({ ...ATTEMPT, ...differs });

function total(rows: readonly SumRow[]): Sums {
  const values: number[] = [];
  for (const row of rows) if (row.kind === "requests") addValues(values, row.values);
  return sumsOf(values);
}

/** Sums by one dimension. */
function by(rows: readonly SumRow[], dimension: (typeof DIMENSIONS)[number]): Record<string, Sums> {
  const groups: Record<string, Sums> = {};
  const place = DIMENSIONS.indexOf(dimension);
  for (const { key, values } of rows.filter(({ kind }) => kind === "requests")) {
    const name = (JSON.parse(key) as string[])[place]!;
    const sums = sumsOf(values);
    const known = groups[name];
    groups[name] =
      known === undefined
        ? sums
        : (Object.fromEntries(Object.entries(known).map(([k, v]) => [k, v + sums[k as keyof Sums]])) as Sums);
  }
  return groups;
}

describe("what requests come to", () => {
  test("counts verdicts, errors and what was left, each where it belongs", () => {
    const rows = sumRows([
      anEvent(),
      anEvent({ verdict: "block", status: 409, outcome: "input_blocked" }),
      anEvent({ verdict: "redact" }),
      anEvent({ verdict: "escalate", status: 409, outcome: "escalation_required" }),
      anEvent({ status: 502, outcome: "upstream_failed" }),
      anEvent({ status: 200, outcome: "upstream_cut" }),
      anEvent({ status: 429, outcome: "rate_limited" }),
      anEvent({ status: 499, outcome: "cancelled" }),
    ]);
    expect(total(rows)).toMatchObject({
      requests: 8,
      blocked: 1,
      redacted: 1,
      escalated: 1,
      errors: 2,
      cancelled: 1,
      promptTokens: 8 * 12,
      completionTokens: 8 * 99,
    });
  });

  test("never takes an unknown cost for none, nor a refusal for an unknown cost", () => {
    const unknown = { usd: null, basis: "unknown" } as const;
    const rows = sumRows([
      anEvent({ cost: { usd: 0.1, basis: "exact" } }),
      anEvent({ cost: { usd: 0.2, basis: "estimated" } }),
      anEvent({ cost: unknown }),
      anEvent({ cost: unknown, attempts: [] }),
      anEvent({
        cost: unknown,
        target: null,
        attempts: [attempt({ outcome: "upstream_rejected", usage: { ...NONE, basis: "unknown" }, cost: unknown })],
      }),
    ]);
    expect(total(rows)).toMatchObject({ nanoUsd: 300_000_000, costKnown: 2, costEstimated: 1, costUnknown: 1 });
  });

  test("says where the money went: to whoever was paid, also where another one answered", () => {
    const exact = (usd: number) => ({ usd, basis: "exact" }) as const;
    const rows = sumRows([
      anEvent({
        target: "fast",
        answered_model: "fast-2603",
        consumer: "ann",
        cost: { usd: 0.6, basis: "estimated" },
        attempts: [
          attempt({ target: "slow", model: "slow-1", outcome: "hedged_out", cost: exact(0.1), region: "fr-par" }),
          attempt({ target: "fast", outcome: "upstream_timeout", cost: exact(0.2) }),
          attempt({ target: "fast", provider: "openai", outcome: "ok", cost: exact(0.3), region: "fi-hel" }),
          attempt({ target: "down", outcome: "upstream_failed", usage: { ...NONE, basis: "unknown" } }),
        ],
      }),
    ]);
    expect(by(rows, "target")).toMatchObject({
      slow: { requests: 0, nanoUsd: 100_000_000, costKnown: 1, costEstimated: 0 },
      fast: { requests: 1, nanoUsd: 500_000_000, costEstimated: 1 },
    });
    expect(by(rows, "model")["slow-1"]).toMatchObject({ nanoUsd: 100_000_000 });
    // not what the upstream calls itself: its prices and its failed tries stand under this name
    expect(by(rows, "model")[ATTEMPT.model]).toMatchObject({ requests: 1, nanoUsd: 500_000_000 });
    expect(by(rows, "region")).toMatchObject({ "fr-par": { requests: 0 }, "fi-hel": { requests: 1 } });
    expect(by(rows, "provider")["openai"]).toMatchObject({ requests: 1 });
    expect(by(rows, "consumer")["ann"]).toMatchObject({ requests: 1, nanoUsd: 600_000_000 });
  });

  test("counts tries that failed where they were made, and none that was not the target's fault", () => {
    const outcomes = ["upstream_timeout", "upstream_timeout", "upstream_rejected", "cancelled", "hedged_out", "ok"];
    const rows = sumRows([
      anEvent({ consumer: "ann", attempts: outcomes.map((outcome) => attempt({ outcome, target: "t", region: "r" })) }),
    ]);
    const key = JSON.stringify(["t", ATTEMPT.model, "ann", "r", ATTEMPT.provider]);
    expect(rows.filter(({ kind }) => kind === "failure")).toMatchObject([{ key, values: [2] }]);
    const tallies = new Tallies();
    tallies.add(rows);
    expect(tallies.failures(0, 1e15)).toMatchObject([{ counts: [{ names: JSON.parse(key), count: 2 }] }]);
  });

  test("comes to the cost of each request, whatever its attempts were", () => {
    const cost = fc.option(fc.integer({ min: 0, max: 1e9 }).map((nano) => nano / 1e9));
    const anAttempt = fc.record({ target: fc.constantFrom("a", "b", "c"), usd: cost, hedged: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anAttempt, { maxLength: 5 }), fc.constantFrom("a", "b", null), (list, target) => {
        const attempts = list.map(({ target: id, usd, hedged }) =>
          attempt({
            target: id,
            outcome: hedged ? "hedged_out" : "ok",
            cost: { usd, basis: usd === null ? "unknown" : "exact" },
          }),
        );
        const known = list.flatMap(({ usd }) => (usd === null ? [] : [Math.round(usd * 1e9)]));
        const nano = known.reduce((sum, each) => sum + each, 0);
        const whole = known.length === 0 ? { usd: null, basis: "unknown" } : { usd: nano / 1e9, basis: "exact" };
        const sums = total(sumRows([anEvent({ target, attempts, cost: whole as RequestEvent["cost"] & object })]));
        expect(sums.nanoUsd).toBe(nano);
        expect(sums.costUnknown).toBe(Number(known.length === 0 && attempts.length > 0));
      }),
    );
  });

  test("does not make a row of whatever model somebody asks for", () => {
    const asked = (model: string) => anEvent({ model, answered_model: null, target: null, attempts: [], at: 0 });
    const rows = sumRows(Array.from({ length: 50 }, (_, at) => asked(`m${at}`)));
    expect(rows.map(({ kind }) => kind).sort()).toEqual(["requests", "total"]);
  });

  test("holds carbon of the requests that have some, to the billionth", () => {
    const carbon = { gco2e: 0.1, gco2e_ci90_lo: 0.05, gco2e_ci90_hi: 0.4, energy_wh: 0.3, region: "fr-par" };
    const rows = sumRows([
      anEvent({ carbon: carbon as NonNullable<RequestEvent["carbon"]> }),
      anEvent({ carbon: { ...carbon, gco2e: 0.2, gco2e_ci90_hi: null } as NonNullable<RequestEvent["carbon"]> }),
      anEvent({ carbon: { ...carbon, gco2e: null } as NonNullable<RequestEvent["carbon"]> }),
    ]);
    expect(total(rows)).toMatchObject({
      nanoGrams: 300_000_000,
      nanoGramsLo: 100_000_000,
      // a bound that is missing is the value itself
      nanoGramsHi: 600_000_000,
      // of all three: energy may be known where emissions are not
      nanoWattHours: 900_000_000,
      withCarbon: 2,
    });
    expect(Object.keys(by(rows, "region"))).toEqual(["fr-par"]);
  });

  test("counts what each of several targets emitted where it was", () => {
    const estimates = { energy_wh_ci90_lo: null, energy_wh_ci90_hi: null, gco2e_ci90_lo: null, gco2e_ci90_hi: null };
    const parts = [
      { ...estimates, target: "broke", energy_wh: 0.1, gco2e: 0.02 },
      { ...estimates, target: "large", energy_wh: 0.2, gco2e: 0.05 },
    ];
    const [first] = anEvent().attempts;
    const broke = { ...first!, target: "broke", region: "se-sto", outcome: "network_error" as const };
    const carbon = { ...estimates, energy_wh: 0.3, gco2e: 0.07, region: "fr-par", parts };
    const differs = (more: object) =>
      anEvent({ attempts: [broke, first!], carbon: { ...carbon, ...more } as NonNullable<RequestEvent["carbon"]> });
    const rows = sumRows([differs({})]);
    expect(total(rows)).toMatchObject({ requests: 1, nanoGrams: 70_000_000, nanoWattHours: 3e8, withCarbon: 1 });
    expect(by(rows, "region")).toMatchObject({
      "se-sto": { requests: 0, nanoGrams: 20_000_000, nanoWattHours: 1e8, withCarbon: 0 },
      "fr-par": { requests: 1, nanoGrams: 50_000_000, nanoWattHours: 2e8, withCarbon: 1 },
    });
    // a sum that nobody knows has no known share
    expect(total(sumRows([differs({ gco2e: null })]))).toMatchObject({ nanoGrams: 0, withCarbon: 0 });
  });

  test("counts what policies said and where requests went", () => {
    const policy = { policy: "pii", phase: "request", reason_code: null, findings: 0, score: null };
    const trace = { decision_mode: "live", decision_reason: "lowest", region: "fr-par" };
    const rows = sumRows([
      anEvent({
        at: 0,
        policies: [
          { ...policy, verdict: "allow", mode: "enforce" },
          { ...policy, verdict: "allow", mode: "enforce" },
        ],
        routing_trace: trace as NonNullable<RequestEvent["routing_trace"]>,
      }),
      anEvent({ at: 1, routing_trace: { ...trace, region: null } as NonNullable<RequestEvent["routing_trace"]> }),
      anEvent({ at: BUCKET_MS, policies: [{ ...policy, verdict: "block", mode: "monitor" }], routing_trace: null }),
    ]);
    const tallies = new Tallies();
    tallies.add(rows);
    expect(tallies.policies(0, BUCKET_MS)).toEqual([
      { at: 0, counts: [{ policy: "pii", verdict: "allow", mode: "enforce", count: 2 }] },
      { at: BUCKET_MS, counts: [{ policy: "pii", verdict: "block", mode: "monitor", count: 1 }] },
    ]);
    expect(tallies.policies(0, BUCKET_MS - 1)).toHaveLength(1);
    expect(tallies.decisions(0, BUCKET_MS)).toEqual([
      {
        at: 0,
        counts: [
          { mode: "live", reason: "lowest", region: "fr-par", count: 1 },
          { mode: "live", reason: "lowest", region: null, count: 1 },
        ],
      },
    ]);
  });

  test("of a stretch of time holds just its buckets, and loses none", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50 * BUCKET_MS), { maxLength: 100 }), fc.nat(50), (times, cut) => {
        const rows = sumRows(times.map((at) => anEvent({ at })));
        const requests = (those: readonly SumRow[]) => {
          const [fine, wide] = [new Rollup(), new Rollup(HOUR_MS)];
          fine.add(those);
          wide.add(those);
          const sums = [fine, wide].map((rollup) =>
            [...rollup.cells()].reduce((sum, { values }) => sum + values[0]!, 0),
          );
          expect(sums[0]).toBe(sums[1]!);
          return sums[0];
        };
        const totals = rows.filter(({ kind }) => kind === "total");
        const at = cut * BUCKET_MS;
        const before = times.filter((time) => time < at).length;
        expect(requests(totals.filter((row) => row.at < at))).toBe(before);
        expect(requests(totals.filter((row) => row.at >= at))).toBe(times.length - before);
        expect(requests(rows.filter(({ kind }) => kind === "requests"))).toBe(times.length);
      }),
    );
  });

  test("is the same in one go and in pieces, and by the hour", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3 * HOUR_MS), { maxLength: 60 }), fc.nat(60), (times, cut) => {
        const events = times.map((at) => anEvent({ at, duration_ms: at % 9_000 }));
        const sorted = (rows: readonly SumRow[]) => rows.toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
        const pieces = mergeRows([...sumRows(events.slice(0, cut)), ...sumRows(events.slice(cut))]);
        expect(sorted(pieces)).toEqual(sorted(sumRows(events)));
        const hours = mergeRows(pieces, HOUR_MS);
        expect(total(hours)).toEqual(total(pieces));
        expect(hours.every(({ at }) => at % HOUR_MS === 0)).toBe(true);
      }),
    );
  });

  test("knows percentiles to 12 %", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (times) => {
          const [row] = sumRows(times.map((duration_ms) => anEvent({ duration_ms, at: 0 })));
          const sorted = times.toSorted((a, b) => a - b);
          const exact = sorted[Math.ceil(0.95 * sorted.length) - 1]!;
          expect(Math.abs(percentile(row!.values, 0.95)! / exact - 1)).toBeLessThan(0.16);
        },
      ),
    );
    const [row] = sumRows([anEvent({ outcome: "cancelled" })]);
    expect(percentile(row!.values, 0.5)).toBeNull();
  });
});
