import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { addSums, BUCKET_MS, noSums, percentile, Rollup } from "../../src/lib/rollup.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { EVENT } from "../server/fake-server.ts";

const row = (change: Partial<RequestEvent>, carbon: number | null = null) => ({
  event: { ...EVENT, ...change } as RequestEvent,
  region: null,
  carbon: carbon === null ? null : { grams: carbon, gramsLo: carbon / 2, gramsHi: carbon * 2, wattHours: 1 },
});

function sumsOf(rollup: Rollup, since = 0, until = Number.MAX_SAFE_INTEGER) {
  const sums = noSums();
  for (const { cell } of rollup.cells(since, until)) addSums(sums, cell);
  return sums;
}

describe("sums over requests", () => {
  test("count verdicts, errors and what was left, each where it belongs", () => {
    const rollup = new Rollup();
    rollup.add(row({}));
    rollup.add(row({ verdict: "block", status: 409, outcome: "input_blocked" }));
    rollup.add(row({ verdict: "redact" }));
    rollup.add(row({ verdict: "escalate", status: 409, outcome: "escalation_required" }));
    rollup.add(row({ status: 502, outcome: "upstream_failed" }));
    rollup.add(row({ status: 200, outcome: "upstream_cut" }));
    rollup.add(row({ status: 429, outcome: "rate_limited" }));
    rollup.add(row({ status: 499, outcome: "cancelled" }));
    expect(sumsOf(rollup)).toMatchObject({
      requests: 8,
      blocked: 1,
      redacted: 1,
      escalated: 1,
      errors: 2,
      cancelled: 1,
    });
  });

  test("never take an unknown cost for none", () => {
    const rollup = new Rollup();
    const attempts = [{ target: "large" }] as unknown as RequestEvent["attempts"];
    rollup.add(row({ attempts, cost: { usd: 0.5, basis: "exact" } }));
    rollup.add(row({ attempts, cost: { usd: 0.25, basis: "estimated" } }));
    rollup.add(row({ attempts, cost: { usd: null, basis: "unknown" } }));
    rollup.add(row({ attempts: [] }));
    expect(sumsOf(rollup)).toMatchObject({ usd: 0.75, costEstimated: 1, costUnknown: 1 });
  });

  test("hold carbon of the requests that have some", () => {
    const rollup = new Rollup();
    rollup.add(row({}, 2));
    rollup.add(row({}));
    expect(sumsOf(rollup)).toMatchObject({ grams: 2, gramsLo: 1, gramsHi: 4, wattHours: 1, withCarbon: 1 });
  });

  test("of a stretch of time hold just its buckets, and lose none", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 * BUCKET_MS }), { maxLength: 200 }),
        fc.nat(50),
        (times, cut) => {
          const rollup = new Rollup();
          for (const at of times) rollup.add(row({ at }));
          const at = cut * BUCKET_MS;
          expect(sumsOf(rollup, 0, at - 1).requests).toBe(times.filter((time) => time < at).length);
          expect(sumsOf(rollup, at).requests).toBe(times.filter((time) => time >= at).length);
        },
      ),
    );
  });

  test("are bounded: names beyond the bound count together, old buckets go", () => {
    const rollup = new Rollup();
    for (let at = 0; at < 1000; at++) rollup.add(row({ model: `m${at}`, answered_model: `m${at}` }));
    expect([...rollup.cells(0, 1e15)].length).toBeLessThan(300);
    expect(sumsOf(rollup).requests).toBe(1000);
    for (let day = 0; day < 20; day++) rollup.add(row({ at: 1e12 + day * 86_400_000 }));
    for (let at = 0; at < 3000; at++) rollup.add(row({ at: 2e12 + at * BUCKET_MS }));
    expect(sumsOf(rollup, 0, 1e12 - 1).requests).toBe(0);
    expect(new Set([...rollup.cells(0, 1e15)].map(({ at }) => at)).size).toBeLessThan(2400);
  });

  test("know percentiles to 12 %", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (times) => {
          const rollup = new Rollup();
          for (const ms of times) rollup.add(row({ duration_ms: ms, at: 0 }));
          const [{ cell }] = [...rollup.cells(0, 1)] as unknown as [{ cell: { durations: Uint32Array } }];
          const sorted = times.toSorted((a, b) => a - b);
          const exact = sorted[Math.ceil(0.95 * sorted.length) - 1]!;
          expect(Math.abs(percentile(cell.durations, 0.95)! / exact - 1)).toBeLessThan(0.16);
        },
      ),
    );
    expect(percentile(new Uint32Array(8), 0.5)).toBeNull();
  });
});
