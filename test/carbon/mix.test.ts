import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import factors from "../../config/factors.json" with { type: "json" };
import { METHODOLOGY } from "../../src/carbon/methodology.ts";
import { completeIntervals, type Fuel, factorOf, type Generation, intensityOf } from "../../src/carbon/mix.ts";

const fuels = Object.keys(factors.lifecycle) as Fuel[];
const mix = fc.array(fc.tuple(fc.constantFrom(...fuels), fc.double({ min: -100, max: 50_000, noNaN: true })), {
  maxLength: 12,
});

describe("the factor table", () => {
  test("holds the published factors", () => {
    expect(factors.lifecycle).toEqual({
      coal: 820,
      gas: 490,
      oil: 650,
      biomass: 230,
      geothermal: 38,
      hydro: 24,
      nuclear: 12,
      solar: 45,
      wind: 11,
      unknown: 700,
    });
    const { coal, gas, oil, unknown, ...rest } = factors.direct;
    expect([coal, gas, oil, unknown]).toEqual([760, 370, 406, 575]);
    expect(new Set(Object.values(rest))).toEqual(new Set([0]));
    expect(factors.version).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test("is hashed with the methodology: a receipt says by which factors its grid was counted", () => {
    expect(METHODOLOGY.factors).toBe(factors);
  });

  test("has overrides for a country and its zones, of one basis", () => {
    expect([factorOf("unknown", "lifecycle", "SE"), factorOf("unknown", "lifecycle", "SE-SE3")]).toEqual([258, 258]);
    expect(factorOf("unknown", "direct", "SE")).toBe(575);
    expect(factorOf("hydro", "lifecycle", "SE-SE3")).toBe(24);
    expect(factorOf("unknown", "lifecycle", "SEX")).toBe(700);
  });
});

describe("the intensity of a mix", () => {
  test("lies between the least and the greatest factor of what is made", () => {
    fc.assert(
      fc.property(mix, fc.constantFrom("lifecycle" as const, "direct" as const), (parts, basis) => {
        const made = parts.filter(([, megawatts]) => megawatts > 0).map(([fuel]) => factorOf(fuel, basis, "FR"));
        const grams = intensityOf(parts, basis, "FR");
        if (grams === null) expect(parts.every(([, megawatts]) => megawatts <= 0)).toBe(true);
        else {
          expect(grams).toBeGreaterThanOrEqual(Math.min(...made) - 1e-6);
          expect(grams).toBeLessThanOrEqual(Math.max(...made) + 1e-6);
        }
      }),
    );
  });

  test("does not depend on the unit, nor on what takes power in", () => {
    fc.assert(
      fc.property(mix, (parts) => {
        const grams = intensityOf(parts, "lifecycle", "FR");
        const other = intensityOf(
          [...parts.map(([fuel, mw]) => [fuel, mw * 10] as const), ["coal", -500]],
          "lifecycle",
          "FR",
        );
        if (grams === null) expect(other).toBeNull();
        else expect(other).toBeCloseTo(grams, 6);
      }),
    );
  });

  test("of nothing is not known", () => {
    expect(intensityOf([], "lifecycle", "FR")).toBeNull();
    expect(intensityOf([["coal", 0]], "lifecycle", "FR")).toBeNull();
    expect(intensityOf([["coal", Number.POSITIVE_INFINITY]], "lifecycle", "FR")).toBeNull();
  });
});

describe("complete intervals", () => {
  const HOUR_MS = 3_600_000;
  const interval = (hour: number, ...types: string[]): Generation => ({
    fromMs: hour * HOUR_MS,
    toMs: (hour + 1) * HOUR_MS,
    byType: new Map(types.map((type) => [type, 1])),
  });
  const hours = (list: readonly Generation[]) => completeIntervals(list).map(({ fromMs }) => fromMs / HOUR_MS);

  test("have every type that a neighbour has, however many of the newest lack it", () => {
    expect(hours([interval(0, "a", "b"), interval(1, "a"), interval(2, "a"), interval(3, "a")])).toEqual([0]);
    expect(hours([interval(2, "a"), interval(1, "a", "b"), interval(0, "a", "b")])).toEqual([0, 1]);
    expect(hours([interval(0, "a"), interval(1, "a", "b")])).toEqual([1]);
  });

  test("do not wait for ever for a type that is gone", () => {
    expect(hours([interval(0, "a", "b"), interval(12, "a"), interval(13, "a")])).toEqual([0, 13]);
  });

  test("never lack a type, and are never invented", () => {
    const types = fc.subarray(["a", "b", "c"]);
    fc.assert(
      fc.property(fc.array(types, { maxLength: 10 }), (lists) => {
        const all = lists.map((list, hour) => interval(hour, ...list));
        const union = new Set(lists.flat());
        for (const { byType } of completeIntervals(all)) expect(new Set(byType.keys())).toEqual(union);
      }),
    );
  });
});
