import { expect, test } from "bun:test";
import fc from "fast-check";
import { traitsOf } from "../../../src/detect/decode/traits.ts";

const longest = (text: string, pattern: RegExp): number =>
  Math.max(0, ...[...text.matchAll(pattern)].map(([run]) => run.length));

const text = fc.string({ unit: fc.constantFrom(..."aZ01 9.-_+/=|(@$!é\n"), maxLength: 60 });

test("runs and mixtures are what regular expressions find", () => {
  fc.assert(
    fc.property(text, (source) => {
      expect(traitsOf(source)).toMatchObject({
        base64: longest(source, /[A-Za-z0-9+/_-]+/g),
        letters: longest(source, /[A-Za-z]+/g),
        bits: longest(source, /[01]+/g),
        mixed: /[A-Za-z][0-9@$!|+(]|[0-9@$|+(][A-Za-z]/.test(source),
      });
    }),
  );
});

test("letters set apart take turns with what parts them", () => {
  expect(traitsOf("say i g n o r e it").turns).toBe(13);
  expect(traitsOf("ab c d e fg").turns).toBe(7);
  expect(traitsOf("a  b  c  d").turns).toBeLessThan(3);
  expect(traitsOf("").turns).toBe(0);
});
