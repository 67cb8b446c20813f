import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SignalTable } from "../../src/carbon/signal-table.ts";
import { DEFAULT_FRESHNESS, isOperational } from "../../src/carbon/signals.ts";
import { MINUTE_MS, NOW, signal } from "./signal.ts";

const table = (rules = {}) => new SignalTable({ ...DEFAULT_FRESHNESS, ...rules });

describe("which signal decides", () => {
  test("of the first source in order that has one, not the newest", () => {
    const known = table();
    known.put(1, [signal(1, { source: "second" })]);
    expect(known.operational("FR", NOW)?.source).toBe("second");
    known.put(0, [signal(100, { source: "first" })]);
    expect(known.operational("FR", NOW)?.source).toBe("first");
    known.put(0, [signal(90, { source: "first", kind: "estimated" })]);
    expect(known.operational("FR", NOW)?.source).toBe("first");
    expect(known.operational("FR", NOW + 25 * MINUTE_MS)?.source).toBe("second");
    expect(known.operational("FR", NOW + 500 * MINUTE_MS)).toBeNull();
    expect(known.operational("XX", NOW)).toBeNull();
  });

  test("the last value stays, and an older answer does not take its place", () => {
    const known = table();
    known.put(0, [signal(5, { gramsPerKwh: 1 }), signal(20, { gramsPerKwh: 2 })]);
    known.put(0, []);
    known.put(0, [signal(10, { gramsPerKwh: 3 })]);
    expect(known.operational("FR", NOW)?.gramsPerKwh).toBe(1);
    known.put(0, [signal(5, { gramsPerKwh: 4 })]);
    expect(known.operational("FR", NOW)?.gramsPerKwh).toBe(4);
  });

  test("an estimate does not hide what was measured before it", () => {
    const known = table();
    known.put(0, [signal(40), signal(1, { kind: "estimated" })]);
    expect(known.operational("FR", NOW)).toMatchObject({ kind: "measured" });
    expect(known.newest("FR", NOW)).toMatchObject({ kind: "estimated" });
  });

  test("a clock that is set back leaves nothing behind that hides what is observed then", () => {
    const known = table();
    known.put(0, [signal(0, { gramsPerKwh: 1 })]);
    const backMs = NOW - 120 * MINUTE_MS;
    known.put(0, [signal(121, { gramsPerKwh: 2, fetchedAtMs: backMs })]);
    expect(known.operational("FR", backMs)?.gramsPerKwh).toBe(2);
    known.put(0, [signal(123, { gramsPerKwh: 3, fetchedAtMs: backMs })]);
    expect(known.operational("FR", backMs)?.gramsPerKwh).toBe(2);
  });

  test("what lies ahead hides nothing", () => {
    const known = table();
    known.put(0, [signal(10), signal(-60)]);
    expect(known.operational("FR", NOW)?.observedAtMs).toBe(NOW - 10 * MINUTE_MS);
    expect(known.operational("FR", NOW + 60 * MINUTE_MS)?.observedAtMs).toBe(NOW - 10 * MINUTE_MS);
  });

  test("a forecast of the slot that covers now, where forecasts are accepted", () => {
    const slots = [
      signal(20, { fromMs: NOW - 35 * MINUTE_MS, gramsPerKwh: 30 }),
      signal(5, { kind: "forecast", fromMs: NOW - 20 * MINUTE_MS, gramsPerKwh: 40 }),
      signal(-10, { kind: "forecast", fromMs: NOW - 5 * MINUTE_MS, gramsPerKwh: 50 }),
      signal(-25, { kind: "forecast", fromMs: NOW + 10 * MINUTE_MS, gramsPerKwh: 60 }),
    ];
    const shut = table();
    shut.put(0, slots);
    expect(shut.operational("FR", NOW)?.gramsPerKwh).toBe(30);
    const open = table({ acceptForecast: true });
    open.put(0, slots);
    expect(open.operational("FR", NOW)?.gramsPerKwh).toBe(50);
    expect(open.operational("FR", NOW + 12 * MINUTE_MS)?.gramsPerKwh).toBe(60);
    open.put(0, [signal(0, { fromMs: NOW - 5 * MINUTE_MS, gramsPerKwh: 55 })]);
    expect(open.operational("FR", NOW)?.gramsPerKwh).toBe(55);
    expect(open.newest("FR", NOW)?.gramsPerKwh).toBe(55);
  });

  test("a measurement from within the slot before what was expected of it", () => {
    const known = table({ acceptForecast: true });
    known.put(0, [signal(-10, { kind: "forecast", fromMs: NOW - 5 * MINUTE_MS, gramsPerKwh: 50 })]);
    known.put(0, [signal(6, { gramsPerKwh: 40 })]);
    expect(known.operational("FR", NOW)?.gramsPerKwh).toBe(50);
    known.put(0, [signal(4, { gramsPerKwh: 30 })]);
    expect(known.operational("FR", NOW)?.gramsPerKwh).toBe(30);
  });

  test("a newer forecast of slots of another length leaves nothing of the older one in its time", () => {
    const known = table({ acceptForecast: true });
    const forecast = (from: number, to: number, over: object) =>
      signal(-to, { kind: "forecast", fromMs: NOW + from * MINUTE_MS, ...over });
    known.put(0, [forecast(-5, 10, { gramsPerKwh: 1 }), forecast(10, 25, { gramsPerKwh: 2 })]);
    known.put(0, [forecast(55, 70, { gramsPerKwh: 3 })]);
    const fetchedAtMs = NOW + MINUTE_MS;
    known.put(0, [forecast(-5, 55, { gramsPerKwh: 4, fetchedAtMs })]);
    const at = (minutes: number) => known.operational("FR", NOW + minutes * MINUTE_MS)?.gramsPerKwh;
    expect([at(1), at(12), at(60)]).toEqual([4, 4, 3]);
  });

  test("only ever one that may", () => {
    const any = fc.record({
      rank: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom("measured" as const, "estimated" as const, "forecast" as const, "annual" as const),
      age: fc.integer({ min: -120, max: 600 }),
      length: fc.option(fc.integer({ min: 5, max: 60 })),
    });
    const rules = fc.record({ acceptFresh: fc.boolean(), acceptForecast: fc.boolean() });
    fc.assert(
      fc.property(fc.array(any), rules, (list, given) => {
        const known = table(given);
        for (const { rank, kind, age, length } of list) {
          const fromMs = length === null ? null : NOW - (age + length) * MINUTE_MS;
          known.put(rank, [signal(age, { kind, fromMs, source: String(rank) })]);
        }
        const found = known.operational("FR", NOW);
        if (found !== null) expect(isOperational(found, NOW, known.rules)).toBe(true);
        const newest = known.newest("FR", NOW);
        if (newest !== null) {
          expect(["measured", "estimated"]).toContain(newest.kind);
          expect(NOW - newest.observedAtMs!).toBeLessThanOrEqual(360 * MINUTE_MS);
        }
      }),
    );
  });
});

describe("for receipts", () => {
  test("the newest of all sources, six hours old at most", () => {
    const known = table();
    known.put(0, [signal(300, { source: "first" })]);
    known.put(1, [signal(200, { source: "second", kind: "estimated" })]);
    expect(known.newest("FR", NOW)?.source).toBe("second");
    expect(known.newest("FR", NOW + 160 * MINUTE_MS)?.source).toBe("second");
    expect(known.newest("FR", NOW + 161 * MINUTE_MS)).toBeNull();
  });
});

describe("for people", () => {
  test("the last value however old, then the average, then nothing", () => {
    const known = table();
    expect(known.shown("FR", NOW)).toBeNull();
    known.put(1, [signal(0, { kind: "annual", observedAtMs: null, source: "a table" })]);
    expect(known.shown("FR", NOW)?.kind).toBe("annual");
    expect([known.operational("FR", NOW), known.newest("FR", NOW)]).toEqual([null, null]);
    known.put(0, [signal(5_000)]);
    expect(known.shown("FR", NOW)?.kind).toBe("measured");
  });
});

describe("the past", () => {
  const points = (known: SignalTable) => known.history("FR").map(({ gramsPerKwh }) => gramsPerKwh);

  test("is in order, of 48 hours, and corrected by newer answers", () => {
    const known = table();
    known.put(0, [signal(10, { gramsPerKwh: 2 }), signal(20, { gramsPerKwh: 1 }), signal(5, { gramsPerKwh: 3 })]);
    known.put(0, [signal(10, { gramsPerKwh: 2.5 })]);
    expect(points(known)).toEqual([1, 2.5, 3]);
    known.put(0, [signal(-48 * 60 + 12, { gramsPerKwh: 9, fetchedAtMs: NOW + 48 * 3_600_000 })]);
    expect(points(known)).toEqual([2.5, 3, 9]);
  });

  test("holds a slot once, though it was seen before it was over", () => {
    const known = table();
    const fromMs = NOW - 60 * MINUTE_MS;
    for (const age of [50, 40, 0]) known.put(0, [signal(age, { fromMs, gramsPerKwh: age })]);
    expect(points(known)).toEqual([0]);
  });

  test("holds no forecast, and is bounded", () => {
    const known = table();
    known.put(0, [signal(5, { kind: "forecast", fromMs: NOW })]);
    expect(points(known)).toEqual([]);
    known.put(
      0,
      Array.from({ length: 10_000 }, (_, at) => signal(2_000 - at / 10)),
    );
    expect(points(known).length).toBeLessThanOrEqual(3_000);
  });
});

describe("a new configuration", () => {
  test("moves what is known of a source to its new place, and drops the sources that are gone", () => {
    const known = table();
    known.put(0, [signal(1, { source: "a" })]);
    known.put(1, [signal(2, { source: "b" })]);
    known.arrange(DEFAULT_FRESHNESS, [1, null]);
    expect(known.operational("FR", NOW)?.source).toBe("b");
    expect(known.snapshot(NOW).map(({ rank }) => rank)).toEqual([0]);
    known.put(1, [signal(3, { source: "c" })]);
    known.arrange({ ...DEFAULT_FRESHNESS, liveMs: 0, freshMs: 0 }, [1]);
    expect(known.operational("FR", NOW)).toBeNull();
    expect(known.snapshot(NOW).map(({ signals }) => signals.map(({ source }) => source))).toEqual([["c"]]);
  });

  test("is followed by another table, which then says the same", () => {
    const known = table({ acceptForecast: true });
    known.put(2, [signal(3), signal(1, { kind: "estimated" }), signal(-30, { kind: "forecast", fromMs: NOW })]);
    known.put(0, [signal(7, { zone: "IS" }), signal(0, { zone: "IS", kind: "annual", observedAtMs: null })]);
    const other = table();
    other.put(0, [signal(0, { zone: "FI" })]);
    other.replace(known.rules, JSON.parse(JSON.stringify(known.snapshot(NOW))));
    for (const zone of ["FR", "IS", "FI"])
      for (const at of [NOW, NOW + 20 * MINUTE_MS, NOW + 300 * MINUTE_MS]) {
        expect(other.operational(zone, at)).toEqual(known.operational(zone, at));
        expect(other.newest(zone, at)).toEqual(known.newest(zone, at));
        expect(other.shown(zone, at)).toEqual(known.shown(zone, at));
      }
  });
});
