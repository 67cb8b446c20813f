import { expect, test } from "bun:test";
import fc from "fast-check";
import { ascending, hashOf, isSame } from "../../src/detect/node-sets.ts";

test("sets of the same members are the same in order, and have one hash", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(10_000), { maxLength: 150 }), fc.nat(5), (members, before) => {
      const one = ascending(Int32Array.from(members));
      const other = ascending(Int32Array.from(members.toReversed()));
      expect([...one]).toEqual(members.toSorted((a, b) => a - b));
      expect(isSame(one, other)).toBe(true);
      expect(hashOf(one, before)).toBe(hashOf(other, before));
      expect(isSame(one, Int32Array.from([...one, 10_001]))).toBe(false);
    }),
  );
});
