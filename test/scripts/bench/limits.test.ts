import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { FIGURES, median, medianSample, type Round, type Sample } from "../../../scripts/bench/figures.ts";
import { judge, LIMITS, type Limit } from "../../../scripts/bench/limits.ts";

const round = (samples: Readonly<Record<string, Sample>>): Round => ({
  samples: new Map(Object.entries(samples)),
  foreignCores: 0,
});

const cold: Limit = { figure: "cold-start", limit: 80, text: "80 ms" };
const ratio: Limit = { figure: "cpu-1k", against: "pass-through", limit: 1.5, text: "1.5 × pass-through" };
const colds = (...values: readonly number[]): readonly Round[] =>
  values.map((value) => round({ weir: { "cold-start": value } }));

describe("judge", () => {
  test("forgives 10 % and one round of three", () => {
    expect(judge(colds(87.9, 87.9, 87.9), cold)).toMatchObject({ state: "kept", over: 0, median: 87.9 });
    expect(judge(colds(70, 500, 70), cold)).toMatchObject({ state: "kept", over: 1, median: 70 });
  });

  test("is broken by two rounds of three", () => {
    expect(judge(colds(88.1, 70, 88.1), cold)).toMatchObject({ state: "broken", over: 2 });
  });

  test("takes a thing that never happened for over the limit", () => {
    expect(judge(colds(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1), cold).state).toBe("broken");
  });

  test("divides within a round, not across rounds", () => {
    const rounds = [
      round({ weir: { "cpu-1k": 30 }, "pass-through": { "cpu-1k": 25 } }),
      round({ weir: { "cpu-1k": 300 }, "pass-through": { "cpu-1k": 250 } }),
    ];
    expect(judge(rounds, ratio).values).toEqual([1.2, 1.2]);
  });

  test("does not judge what was not measured, or has nothing to be divided by", () => {
    expect(judge([], cold).state).toBe("not judged");
    expect(judge([round({ weir: {} })], cold).state).toBe("not judged");
    expect(judge([round({ weir: { "cpu-1k": 30 } })], ratio).state).toBe("not judged");
    for (const other of [0, Number.POSITIVE_INFINITY]) {
      const rounds = [round({ weir: { "cpu-1k": 30 }, "pass-through": { "cpu-1k": other } })];
      expect(judge(rounds, ratio).state).toBe("not judged");
    }
  });

  test("is broken exactly when two thirds of the rounds are over by more than 10 %", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 200, noNaN: true }), { minLength: 3, maxLength: 3 }), (values) => {
        const over = values.filter((value) => value > 80 * 1.1).length;
        expect(judge(colds(...values), cold).state).toBe(over >= 2 ? "broken" : "kept");
      }),
    );
  });
});

test("LIMITS hold the figures of the promise", () => {
  expect(LIMITS.map(({ figure, against, limit }) => [figure, against ?? null, limit])).toEqual([
    ["cpu-1k", "pass-through", 1.5],
    ["cpu-32k", "pass-through", 1.75],
    ["cpu-1k", "portkey", 1 / 7],
    ["cpu-chunk", "pass-through", 1.9],
    ["first-chunk", "nginx", 2.5],
    ["cold-start", null, 80],
    ["rss-rest", null, 70],
    ["rss-stream", null, 60],
    ["abort-during", null, 100],
    ["abort-before", null, 100],
    ["routing-2", null, 3],
    ["routing-50", null, 15],
    ["decision-8", null, 2],
    ["chain-1k", null, 250],
    ["chain-32k", null, 8],
    ["redaction-mb", null, 100],
    ["redaction-chunk", null, 15],
    ["hostile-mb", null, 400],
    ["hostile-loop", null, 20],
    ["receipt-1k", null, 40],
    ["receipt-32k", null, 80],
    ["failover-p99", null, 5],
    ["cut-short", null, 0],
    ["cut-rss", null, 10],
  ]);
  expect(LIMITS.every(({ figure }) => figure in FIGURES)).toBe(true);
});

test("median is the middle, whatever the order", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 9])).toBe(10);
  expect(median([])).toBeUndefined();
});

test("medianSample takes each figure by itself, and keeps out what nobody measured", () => {
  const turns: readonly Sample[] = [
    { "cpu-1k": 3, p50: 1 },
    { "cpu-1k": 1 },
    { "cpu-1k": 2, p50: Number.POSITIVE_INFINITY },
  ];
  expect(medianSample(turns)).toEqual({ "cpu-1k": 2, p50: Number.POSITIVE_INFINITY });
  expect(medianSample([])).toEqual({});
});
