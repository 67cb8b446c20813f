import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { sorted } from "../../src/routing/_orders.ts";
import { cost } from "../../src/routing/cost.ts";
import { fallback } from "../../src/routing/fallback.ts";
import { leastBusy } from "../../src/routing/least-busy.ts";
import { roundRobin } from "../../src/routing/round-robin.ts";
import { single } from "../../src/routing/single.ts";
import { aContext, candidates, ids } from "./candidates.ts";

describe("round_robin", () => {
  test("is even, and goes on with the next in turn", () => {
    const eligible = candidates({}, { weight: 9 }, {});
    const orders = [0, 1, 2, 3].map((turn) => ids(roundRobin.pick(eligible, aContext({ turn })).order));
    expect(orders).toEqual(["abc", "bca", "cab", "abc"]);
  });
});

describe("least_busy", () => {
  test("asks the one with the fewest attempts in flight", () => {
    const eligible = candidates({ inFlight: 3 }, { inFlight: 1 }, { inFlight: 2 });
    for (let turn = 0; turn < 5; turn++) expect(ids(leastBusy.pick(eligible, aContext({ turn })).order)).toBe("bca");
  });

  test("takes turns among equals", () => {
    const eligible = candidates({ inFlight: 1 }, {}, {}, {});
    const firsts = Array.from({ length: 8 }, (_, turn) => leastBusy.pick(eligible, aContext({ turn })).order[0]!.id);
    expect(new Set(firsts)).toEqual(new Set(["b", "c", "d"]));
  });
});

describe("cost", () => {
  test("asks the cheapest first, and whose price is unknown last", () => {
    const prices = [null, 0.02, 0, 0.01, null, 0.01];
    const { order, because } = cost.pick(candidates(...prices.map((priceUsd) => ({ priceUsd }))), aContext());
    expect([ids(order), because]).toEqual(["cdfbae", "lowest price"]);
  });

  test("keeps to the configured order where no price is known, and says so", () => {
    const { order, because } = cost.pick(candidates({}, {}), aContext());
    expect([ids(order), because]).toEqual(["ab", "no price is known"]);
  });

  test("chooses among targets that serve the model only", () => expect(cost.pool).toBe("serving"));
});

describe("fallback", () => {
  test("asks those that declare the model first, and both parts in order", () => {
    const eligible = candidates({ servesModel: false }, {}, { servesModel: false }, {});
    expect(ids(fallback.pick(eligible, aContext()).order)).toBe("bdac");
  });
});

describe("single", () => {
  test("is the first alone", () => {
    const decision = single.pick(candidates({ servesModel: false }, {}), aContext());
    expect([ids(decision.order), decision.failover]).toEqual(["a", false]);
  });
});

test("lists of any length and order are sorted as the engine sorts them, equals where they were", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 90, size: "max" }), (numbers) => {
      const list = numbers.map((key, at) => ({ key, at }));
      const byKey = (a: { key: number }, b: { key: number }): number => a.key - b.key;
      expect(sorted(list, byKey)).toEqual(list.toSorted(byKey));
    }),
  );
});
