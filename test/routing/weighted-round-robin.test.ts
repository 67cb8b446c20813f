import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { weightedRoundRobin } from "../../src/routing/weighted-round-robin.ts";
import { aContext, candidates, ids } from "./candidates.ts";

const TURNS = 1_000;
const weights = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 });

/** Who comes first in each of the turns from `start`. */
function firsts(list: readonly number[], start = 0, turns = TURNS): string[] {
  const eligible = candidates(...list.map((weight) => ({ weight })));
  return Array.from({ length: turns }, (_, at) => {
    return weightedRoundRobin.pick(eligible, aContext({ turn: start + at })).order[0]!.id;
  });
}

const countOf = (who: readonly string[], index: number): number =>
  who.filter((id) => id === String.fromCharCode(97 + index)).length;

describe("weights", () => {
  test.each([
    [[1, 1], "ababab"],
    [[3, 1], "aaabaaab"],
    [[1, 3], "bbbabbba"],
    [[2, 1], "aabaab"],
    [[1, 1, 1], "abcabc"],
    [[5, 1, 1], "aaabaacaaabaac"],
    [[0.5, 0.5], "abab"],
    [[7], "aaa"],
  ])("%p take turns as %s", (list, expected) => {
    expect(firsts(list, 0, expected.length).join("")).toBe(expected);
  });

  test.each([[[90, 10]], [[0.9, 0.1]], [[70, 20, 10]], [[1, 2, 3, 4]], [[1, 1, 1, 1, 1, 1, 1]]])(
    "%p are kept exactly over 1,000 requests",
    (list) => {
      const sum = list.reduce((a, b) => a + b);
      const who = firsts(list);
      for (const [index, weight] of list.entries())
        expect(Math.abs(countOf(who, index) - (TURNS * weight) / sum)).toBeLessThanOrEqual(1);
    },
  );

  test("of any size are kept to 1 % over any 1,000 requests", () => {
    fc.assert(
      fc.property(weights, fc.nat(1_000_000_000), (list, start) => {
        const sum = list.reduce((a, b) => a + b);
        const who = firsts(list, start);
        for (const [index, weight] of list.entries())
          expect(Math.abs(countOf(who, index) / TURNS - weight / sum)).toBeLessThanOrEqual(0.01);
      }),
      { numRuns: 60 },
    );
  });

  test("make no bursts: what a small share waits for is one round of the others", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(10_000), (heavy, start) => {
        const runs = firsts([heavy, 1], start).join("").split("b").slice(1, -1);
        for (const run of runs) expect(Math.abs(run.length - heavy)).toBeLessThanOrEqual(heavy === 1 ? 0 : 1);
      }),
      { numRuns: 60 },
    );
  });

  test("decide who takes over: the heaviest of the rest", () => {
    const eligible = candidates({ weight: 1 }, { weight: 5 }, { weight: 3 }, { weight: 3 });
    for (let turn = 0; turn < 12; turn++) {
      const order = ids(weightedRoundRobin.pick(eligible, aContext({ turn })).order);
      expect(order).toBe(order[0]! + "bcda".replace(order[0]!, ""));
    }
  });

  test("are shared out anew among those that are left", () => {
    const left = candidates({ weight: 8 }, { weight: 3 }, { weight: 1 }).slice(1);
    const who = Array.from(
      { length: 400 },
      (_, turn) => weightedRoundRobin.pick(left, aContext({ turn })).order[0]!.id,
    );
    expect([countOf(who, 1), countOf(who, 2)]).toEqual([300, 100]);
  });
});
