import { expect, test } from "bun:test";
import fc from "fast-check";
import { ascending, hashOf, isSame } from "../../../src/detect/pattern/node-sets.ts";

test("sets of the same members are the same in order, and have one hash", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(10_000), { maxLength: 150 }), fc.nat(5), (members, before) => {
      const size = members.length;
      // what stands behind the first members is none of the set
      const one = Int32Array.from([...members, 3]);
      const other = Int32Array.from([...members.toReversed(), 7]);
      ascending(one, size);
      ascending(other, size);
      expect([...one]).toEqual([...members.toSorted((a, b) => a - b), 3]);
      expect(isSame(one.slice(0, size), other, size)).toBe(true);
      expect(hashOf(one, size, before)).toBe(hashOf(other, size, before));
      expect(isSame(Int32Array.from([...members, 10_001]), one, size)).toBe(false);
    }),
  );
});
