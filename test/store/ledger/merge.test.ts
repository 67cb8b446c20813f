import { expect, test } from "bun:test";
import fc from "fast-check";
import { mergeFirst, type Place } from "../../../src/store/ledger/merge.ts";

const newestFirst = (a: Place, b: Place): number => b.at - a.at || b.seq - a.seq;

test("the first of many ordered lists are the first of them all", () => {
  const lists = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 120 }), { maxLength: 12 });
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 60 }), fc.boolean(), (times, count, oldestFirst) => {
      let seq = 0;
      const order = oldestFirst ? (a: Place, b: Place) => -newestFirst(a, b) : newestFirst;
      const all = times.map((list) => list.map((at) => ({ at, seq: ++seq })).sort(order));
      const reads = all.map((list) => (after: Place | null, most: number) => {
        const from = after === null ? 0 : list.indexOf(after) + 1;
        return list.slice(from, from + most);
      });
      expect(mergeFirst(reads, { count, oldestFirst })).toEqual(all.flat().sort(order).slice(0, count));
    }),
  );
});

test("no list is read much further than the page needs", () => {
  let read = 0;
  const list = (step: number) => (after: Place | null, most: number) => {
    read += most;
    const from = after === null ? 1e9 : after.at - step;
    return Array.from({ length: most }, (_, at) => ({ at: from - at * step, seq: 1 }));
  };
  const reads = Array.from({ length: 100 }, (_, at) => list(1 + at * 1000));
  expect(mergeFirst(reads, { count: 1001, oldestFirst: false })).toHaveLength(1001);
  expect(read).toBeLessThan(10_000);
});
