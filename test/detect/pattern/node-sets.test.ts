import { expect, test } from "bun:test";
import fc from "fast-check";
import { hashOf, holdsAny } from "../../../src/detect/pattern/node-sets.ts";

test("sets of the same members have one hash, in whatever order, and hold what is marked", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(10_000), { maxLength: 150 }), fc.nat(5), (members, before) => {
      const size = members.length;
      // what stands behind the first members is none of the set
      const one = Int32Array.from([...members, 10_001]);
      const other = Int32Array.from([...members.toReversed(), 10_002]);
      expect(hashOf(one, size, before)).toBe(hashOf(other, size, before));
      const marks = new Uint8Array(10_003);
      marks[10_001] = 1;
      expect(holdsAny(one, size, marks)).toBe(false);
      expect(holdsAny(one, size + 1, marks)).toBe(true);
    }),
  );
});
