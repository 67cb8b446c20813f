import { expect, test } from "bun:test";
import fc from "fast-check";
import { HashedSets } from "../../../src/detect/safety/hashed-sets.ts";

const hash = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test("knows what the map knows, and nothing else", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hash, fc.nat())), fc.array(hash), (entries, others) => {
      const known = new Map(entries);
      const sets = new HashedSets(known);
      // neighbours share their first bits with what is known
      for (const key of [...known.keys(), ...[...known.keys()].map((each) => each ^ 1), ...others]) {
        expect(sets.get(key)).toBe(known.get(key));
      }
    }),
  );
});
