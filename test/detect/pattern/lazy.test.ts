import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compileUserPattern } from "../../../src/detect/pattern/user-pattern.ts";
import { ruleSet } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";

function found(source: string, text: string): readonly string[] {
  const compiled = compileUserPattern(source);
  if (!compiled.ok) throw new TypeError(compiled.problem);
  return compiled.pattern.find(text).map(({ start, end }) => text.slice(start, end));
}

function scanned(source: string, pieces: readonly string[]): readonly string[] {
  const compiled = compileUserPattern(source);
  if (!compiled.ok) throw new TypeError(compiled.problem);
  const scanner = new Scanner(ruleSet([{ entity: "X", trees: [compiled.pattern.tree], priority: 1 }]));
  return [...pieces.map((piece) => scanner.push(piece)), scanner.flush()].flatMap(({ text, hits }) =>
    hits.map(({ start, end }) => text.slice(start, end)),
  );
}

describe("lazy repeats", () => {
  // as ECMAScript has them; the alphabet makes ends overlap
  const sources = [
    "<.+?>",
    "a.*?aab",
    "b(.*?)bab",
    "(?:<[\\s\\S]*?ab>)",
    "aa[ab<>]{2,}?ba",
    "<<.*? *?>>",
    "a.*? +b",
    "a[\\s\\S]*?\\s+b",
    "(?i)A[^>]*?BA",
    "a.*?bb|<.*?>>",
  ];
  for (const source of sources) {
    test(`${source} ends at the first end, whole or in pieces`, () => {
      const plain = source.replace("(?i)", "");
      const pattern = new RegExp(plain, plain === source ? "g" : "gi");
      const text = fc
        .array(fc.constantFrom("a", "b", "<", ">", " ", "A"), { maxLength: 40 })
        .map((all) => all.join(""));
      fc.assert(
        fc.property(text, (value) => {
          const wanted = value.match(pattern) ?? [];
          expect(found(source, value)).toEqual([...wanted]);
          expect(scanned(source, [value])).toEqual([...wanted]);
          expect(scanned(source, [...value])).toEqual([...wanted]);
        }),
        { numRuns: 300 },
      );
    });
  }

  test("where more must match behind the end, or none can be told, the longest counts", () => {
    expect(found("k.*?=\\d+", "k a=b c=5 d=6")).toEqual(["k a=b c=5 d=6"]);
    expect(found("a.*?(?:b|c)", "axbxc")).toEqual(["axbxc"]);
    expect(found("a.{0,9}?b", "axbxb")).toEqual(["axbxb"]);
    expect(found("a.*?", "axb")).toEqual(["axb"]);
    // the end of a line is a blank that the dot does not read
    expect(found("a.*?\\s+b", "a b b")).toEqual(["a b b"]);
  });
});
