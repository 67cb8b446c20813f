import { expect, test } from "bun:test";
import fc from "fast-check";
import { SentenceCutter } from "../../../src/detect/safety/sentences.ts";

function cut(pieces: readonly string[]): readonly string[] {
  const cutter = new SentenceCutter();
  const sentences = pieces.flatMap((piece) => [...cutter.push(piece)]);
  const last = cutter.end();
  return last === null ? sentences : [...sentences, last];
}

test("cuts at ends of sentences and lines, and loses nothing", () => {
  expect(cut(["One. Two! Three?\nFour"])).toEqual(["One. ", "Two! ", "Three?\n", "Four"]);
  expect(cut(["He said 3.5 per cent."])).toEqual(["He said 3.5 per cent."]);
  expect(cut([])).toEqual([]);
});

test("cuts alike whatever pieces come, and holds no sentence longer than its limit", () => {
  const text = fc.string({ unit: fc.constantFrom("a", " ", ".", "\n", "é", "?"), maxLength: 900 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (whole, size) => {
      const pieces = whole.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
      const sentences = cut(pieces);
      expect(sentences).toEqual([...cut([whole])]);
      expect(sentences.join("")).toBe(whole);
      expect(Math.max(0, ...sentences.map(({ length }) => length))).toBeLessThanOrEqual(301);
    }),
  );
});

const END = /[.!?…。！？]["'»”’)\]]*\s|\n/u;

test("ends a sentence where the pattern ends, with all that may close one", () => {
  const unit = fc.constantFrom(..."a.!?…。！？\"'»”’)]«“ \n\t\u00a0\u3000\u200b😀");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (whole) => {
      const expected: string[] = [];
      let rest = whole;
      for (let found = END.exec(rest); found !== null; found = END.exec(rest)) {
        const end = found.index + found[0].length;
        expected.push(rest.slice(0, end));
        rest = rest.slice(end);
      }
      expect(cut([whole])).toEqual(rest === "" ? expected : [...expected, rest]);
    }),
  );
});
