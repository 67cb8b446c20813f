import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { roundRobin } from "../../src/routing/round-robin.ts";
import type { Candidate, Strategy } from "../../src/routing/strategy.ts";
import { weightedRoundRobin } from "../../src/routing/weighted-round-robin.ts";
import { aContext, candidates } from "./candidates.ts";

const sticking: readonly Strategy[] = [weightedRoundRobin, roundRobin];
const CALLERS = Array.from({ length: 4_000 }, (_, caller) => Bun.hash.xxHash32(`user-${caller}`) / 2 ** 32);
const orderOf = (strategy: Strategy, eligible: readonly Candidate[], sticky: number, turn = 0) =>
  strategy.pick(eligible, aContext({ sticky, turn })).order;

describe.each(sticking.map((strategy) => [strategy.name, strategy] as const))(
  "%s, for a caller that sticks",
  (_, it) => {
    test("is the same at every turn", () => {
      fc.assert(
        fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(), (sticky, turn) => {
          const eligible = candidates({ weight: 3 }, {}, { weight: 2 }, {});
          expect(orderOf(it, eligible, sticky, turn)).toEqual([...orderOf(it, eligible, sticky)]);
        }),
      );
    });

    test("falls to the next of its own order where one is dropped, and nobody else moves", () => {
      const eligible = candidates({ weight: 3 }, {}, { weight: 2 }, {});
      for (const sticky of CALLERS.slice(0, 500)) {
        const order = orderOf(it, eligible, sticky);
        for (const gone of eligible) {
          const left = eligible.filter((candidate) => candidate !== gone);
          expect(orderOf(it, left, sticky)).toEqual(order.filter((candidate) => candidate !== gone));
        }
      }
    });

    test("shares callers out as it does requests", () => {
      const eligible = candidates({ weight: 7 }, { weight: 2 }, { weight: 1 });
      const shares = it === weightedRoundRobin ? [0.7, 0.2, 0.1] : [1 / 3, 1 / 3, 1 / 3];
      const firsts = CALLERS.map((sticky) => orderOf(it, eligible, sticky)[0]!);
      for (const [index, share] of shares.entries()) {
        const found = firsts.filter((candidate) => candidate === eligible[index]).length / CALLERS.length;
        expect(Math.abs(found - share)).toBeLessThan(0.03);
      }
    });

    test("shares out those of a dropped target too", () => {
      const eligible = candidates({ weight: 2 }, { weight: 1 }, { weight: 1 });
      const seconds = CALLERS.map((sticky) => orderOf(it, eligible, sticky)).filter(([first]) => first === eligible[0]);
      const to = seconds.filter(([, second]) => second === eligible[1]).length / seconds.length;
      expect(Math.abs(to - 0.5)).toBeLessThan(0.05);
    });
  },
);
