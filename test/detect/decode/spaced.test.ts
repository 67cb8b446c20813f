import { expect, test } from "bun:test";
import fc from "fast-check";
import { isSpaced, joined } from "../../../src/detect/decode/spaced.ts";

const SPACED = /[a-z\dé](?=([ ._-])[a-z\dé]\1[a-z\dé]\1[a-z\dé]\1[a-z\dé])/i;

test("letters set apart by one sign are seen wherever they stand", () => {
  const text = fc.string({ unit: fc.constantFrom(..."aB3é  .._-#"), maxLength: 40 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      for (const source of [before, `${before}a b c d e${after}`, `${before}x.y.z.1.2${after}`]) {
        expect([source, isSpaced(source)]).toEqual([source, SPACED.test(source)]);
      }
    }),
    { numRuns: 1000 },
  );
});

test("only what stands apart is put together", () => {
  expect(joined("say i g n o r e   a l l of it, plan B 1")).toBe("say ignore all of it, plan B 1");
});
