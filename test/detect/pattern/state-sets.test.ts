import { expect, test } from "bun:test";
import fc from "fast-check";
import { StateSets } from "../../../src/detect/pattern/state-sets.ts";

const NODES = 40;
const members = fc.uniqueArray(fc.nat(NODES - 1), { maxLength: 6 });
// few hashes, so that most sets share theirs
const states = fc.array(fc.tuple(members, fc.nat(2), fc.nat(3)), { minLength: 1, maxLength: 1500 });

test("a set is found under its number, whatever shares its hash and however many there are", () => {
  fc.assert(
    fc.property(states, (all) => {
      const sets = new StateSets(NODES);
      const known = new Map<string, number>();
      for (const [nodes, before, hash] of all) {
        const key = [[...nodes].sort((a, b) => a - b).join(), before, hash].join(":");
        const found = sets.find(Int32Array.from(nodes.toReversed()), before, hash);
        expect(found).toBe(known.get(key) ?? -1);
        if (found >= 0) continue;
        const state = sets.add(Int32Array.from(nodes), before, hash);
        expect([...sets.nodesOf(state)]).toEqual(nodes);
        expect(sets.before(state)).toBe(before);
        known.set(key, state);
      }
      expect(sets.size).toBe(known.size);
      sets.clear();
      expect(sets.find(Int32Array.from(all[0]![0]), all[0]![1], all[0]![2])).toBe(-1);
    }),
    { numRuns: 60 },
  );
});
