import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RecentTimes } from "../../../src/gateway/targets/recent-times.ts";

const WINDOW = { nowMs: 0, windowMs: 1_000, minSamples: 1 };

describe("the latest times of a target", () => {
  test("have the quantile that counting gives", () => {
    const samples = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(samples, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (values, quantile) => {
        const times = new RecentTimes();
        for (const value of values) times.add(value, 0);
        const found = times.quantile(quantile, WINDOW)!;
        const latest = values.slice(-128);
        const within = latest.filter((value) => value <= found).length;
        const below = latest.filter((value) => value < found).length;
        expect(latest).toContain(found);
        expect(within).toBeGreaterThanOrEqual(quantile * latest.length - 1e-6);
        expect(below).toBeLessThan(quantile * latest.length);
      }),
    );
  });

  test.each([
    [0.95, 19],
    [0.5, 10],
    [0.05, 1],
    [0.99, 20],
  ])("have %p of twenty at the %pth", (quantile, expected) => {
    const times = new RecentTimes();
    for (let value = 20; value >= 1; value--) times.add(value, 0);
    expect(times.quantile(quantile, WINDOW)).toBe(expected);
  });

  test("say nothing where there are too few, or they are too old", () => {
    const times = new RecentTimes();
    expect(times.quantile(0.5, { ...WINDOW, minSamples: 0 })).toBeNull();
    times.add(5, 0);
    times.add(7, 900);
    expect(times.quantile(0.9, { ...WINDOW, minSamples: 3 })).toBeNull();
    expect(times.quantile(0.9, { ...WINDOW, minSamples: 2 })).toBe(7);
    expect(times.quantile(0.9, { ...WINDOW, minSamples: 2, nowMs: 1_001 })).toBeNull();
    expect(times.quantile(0.1, { ...WINDOW, nowMs: 1_001 })).toBe(7);
  });
});
