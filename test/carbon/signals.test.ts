import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  classOf,
  DEFAULT_FRESHNESS,
  type FreshnessRules,
  type GridSignal,
  isOperational,
  traceOf,
} from "../../src/carbon/signals.ts";
import { MINUTE_MS, NOW, signal } from "./signal.ts";

describe("the class of a signal", () => {
  test.each([
    [0, "live"],
    [30, "live"],
    [30.1, "fresh"],
    [120, "fresh"],
    [120.1, "stale"],
    [100_000, "stale"],
  ])("%p minutes old: %s", (age, expected) => {
    expect(classOf(signal(age), NOW, DEFAULT_FRESHNESS)).toBe(expected as "live");
  });

  test("of an average is annual_fallback, whatever its moment", () => {
    expect(classOf(signal(0, { kind: "annual" }), NOW, DEFAULT_FRESHNESS)).toBe("annual_fallback");
    expect(classOf(signal(0, { observedAtMs: null }), NOW, DEFAULT_FRESHNESS)).toBe("annual_fallback");
  });

  test("follows the configured limits", () => {
    const rules = { ...DEFAULT_FRESHNESS, liveMs: 5 * MINUTE_MS, freshMs: 10 * MINUTE_MS };
    expect([5, 6, 10, 11].map((age) => classOf(signal(age), NOW, rules))).toEqual(["live", "fresh", "fresh", "stale"]);
  });
});

describe("what may decide", () => {
  const may = (one: GridSignal, rules: Partial<FreshnessRules> = {}) =>
    isOperational(one, NOW, { ...DEFAULT_FRESHNESS, ...rules });

  test("live ones, and fresh ones where they are accepted", () => {
    expect([0, 30, 31, 120, 121].map((age) => may(signal(age)))).toEqual([true, true, true, true, false]);
    expect([0, 30, 31].map((age) => may(signal(age), { acceptFresh: false }))).toEqual([true, true, false]);
  });

  test("never an estimate, an average, or what lies ahead", () => {
    expect(may(signal(1, { kind: "estimated" }))).toBe(false);
    expect(may(signal(1, { kind: "annual" }))).toBe(false);
    expect(may(signal(1, { observedAtMs: null }))).toBe(false);
    expect(may(signal(-6))).toBe(false);
    expect(may(signal(-4))).toBe(true);
  });

  test("a forecast only where it is accepted, covers now, and is of today", () => {
    const slot = (over: Partial<GridSignal> = {}) =>
      signal(-15, { kind: "forecast", fromMs: NOW - 15 * MINUTE_MS, ...over });
    const accept = { acceptForecast: true };
    expect(may(slot())).toBe(false);
    expect(may(slot(), accept)).toBe(true);
    expect(may(slot({ fromMs: NOW + 1 }), accept)).toBe(false);
    expect(may(slot({ observedAtMs: NOW }), accept)).toBe(false);
    expect(may(slot({ fromMs: null }), accept)).toBe(false);
    expect(may(slot({ fetchedAtMs: NOW - 24 * 60 * MINUTE_MS }), accept)).toBe(true);
    expect(may(slot({ fetchedAtMs: NOW - 24 * 60 * MINUTE_MS - 1 }), accept)).toBe(false);
  });

  test("is never stale, estimated or annual, whatever the rules", () => {
    const rules = fc.record({
      liveMs: fc.integer({ min: 0, max: 86_400_000 }),
      freshMs: fc.integer({ min: 0, max: 86_400_000 }),
      acceptFresh: fc.boolean(),
      acceptForecast: fc.boolean(),
    });
    const kind = fc.constantFrom("measured" as const, "estimated" as const, "annual" as const);
    fc.assert(
      fc.property(rules, kind, fc.integer({ min: -60, max: 3_000 }), (given, which, age) => {
        const one = signal(age, { kind: which });
        const trace = traceOf(one, NOW, given);
        if (!isOperational(one, NOW, given)) return expect(trace.live_eligible).toBe(false);
        expect(which).toBe("measured");
        expect(["live", ...(given.acceptFresh ? ["fresh"] : [])]).toContain(trace.temporal_match);
      }),
    );
  });
});

test("in a trace the age is the request's moment less the observation's", () => {
  fc.assert(
    fc.property(fc.integer({ min: -300_000, max: 86_400_000 }), (ageMs) => {
      const trace = traceOf(signal(ageMs / MINUTE_MS), NOW, DEFAULT_FRESHNESS);
      const between = (Date.parse(trace.requested_at) - Date.parse(trace.observed_at!)) / MINUTE_MS;
      // thousandths of a minute, and whole milliseconds in the times
      expect(Math.abs(trace.age_minutes! - between)).toBeLessThan(0.00055);
    }),
  );
  expect(traceOf(signal(0, { observedAtMs: null }), NOW, DEFAULT_FRESHNESS)).toMatchObject({
    age_minutes: null,
    observed_at: null,
  });
});
