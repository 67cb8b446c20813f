import { expect, test } from "bun:test";
import fc from "fast-check";
import { MAX_COMMAS, MAX_DEPTH, MAX_PARTS, nestsTooDeep, tooMuch } from "../../../src/lib/json/depth.ts";

/** How deep a value nests, found by walking it. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

const nested = (inside: string, levels: number): string => `${"[".repeat(levels)}${inside}${"]".repeat(levels)}`;

test("the limit is a body's", () => {
  expect(nestsTooDeep(nested("", MAX_DEPTH))).toBe(false);
  expect(nestsTooDeep(nested("", MAX_DEPTH + 1))).toBe(true);
  expect(nestsTooDeep("")).toBe(false);
});

test("counts what is nested and not what stands in strings, for any JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: fc.constantFrom(...'[{]}"\\a') }), (value, text) => {
      const source = JSON.stringify([text, value, text]);
      const room = MAX_DEPTH - depthOf(JSON.parse(source));
      expect(nestsTooDeep(nested(source, room))).toBe(false);
      expect(nestsTooDeep(nested(source, room + 1))).toBe(true);
    }),
  );
});

test("ends where a string does not", () => {
  expect(nestsTooDeep('["[[[[')).toBe(false);
  expect(nestsTooDeep('["\\')).toBe(false);
});

test("counts objects and arrays once and members twice, and nothing in strings", () => {
  const parts = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 0;
    const own = Array.isArray(value) ? 1 : 1 + 2 * Object.keys(value).length;
    return Object.values(value).reduce((sum: number, each) => sum + parts(each), own);
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: fc.constantFrom(...'[{:]}"\\a') }), (value, text) => {
      const both = [text, value, { [text]: value }];
      const source = JSON.stringify(both);
      const count = parts(JSON.parse(source));
      expect(tooMuch(source, count)).toBeNull();
      expect(tooMuch(source, count - 1)).toBe("parts");
    }),
  );
});

test("a conversation of a hundred thousand messages is none too much, a body of nothing but parts is", () => {
  const messages = Array.from({ length: 99_999 }, () => ({ role: "user", content: "a" }));
  expect(tooMuch(JSON.stringify({ model: "m", messages }))).toBeNull();
  expect(tooMuch(`[${"[],".repeat(MAX_PARTS)}1]`)).toBe("parts");
});

test("a million tokens are none too much, a body of nothing but numbers is", () => {
  expect(tooMuch(JSON.stringify({ model: "m", input: Array(1_000_000).fill(1) }))).toBeNull();
  expect(tooMuch(`[${"1,".repeat(MAX_COMMAS + 1)}1]`)).toBe("parts");
  expect(nestsTooDeep(`[${"1,".repeat(MAX_COMMAS + 1)}1]`)).toBe(false);
});
