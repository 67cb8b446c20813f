import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compileUserPattern } from "../../../src/detect/pattern/user-pattern.ts";
import { cpuMs } from "../../support/cpu-ms.ts";
import {
  ATOMS,
  anyOf,
  atom,
  COUNTS,
  type Count,
  counted,
  type Expression,
  type Given,
  group,
  inTurn,
} from "./expression.ts";

function pattern(source: string) {
  const compiled = compileUserPattern(source);
  if (!compiled.ok) throw new Error(compiled.problem);
  return compiled.pattern;
}

describe("compileUserPattern", () => {
  test.each([
    ["a+b", "xxaaab aab", ["aaab", "aab"]],
    ["(?i)foo\\b", "Foo fooo FOO", ["Foo", "FOO"]],
    ["^abc$", "abc", ["abc"]],
    ["^abc$", "abcd", []],
    ["(?m)^b$", "a\nb\nc", ["b"]],
    ["\\d{4}-\\d{2}", "on 2024-12 and 2023-11", ["2024-12", "2023-11"]],
    ["\\p{Lu}\\w+", "hi Mike", ["Mike"]],
    ["[^a-z]+", "abcDEF12x", ["DEF12"]],
    ["\u{1f600}+", "x\u{1f600}\u{1f600}y", ["\u{1f600}\u{1f600}"]],
    ["a|ab|abc", "abcabd", ["abc", "ab"]],
    ["[]x]+", "a]x", ["]x"]],
    ["[a-]+", "b-a-b", ["-a-"]],
    ["a.c", "a\nc abc", ["abc"]],
    ["(?s)a.c", "a\nc", ["a\nc"]],
    ["(?i)straße", "STRAßE", ["STRAßE"]],
    ["\\bmün\\b", "müns mün", ["mün"]],
    ["x{2,}", "x xx xxxx", ["xx", "xxxx"]],
    ["\\x41\\u0042\\u{43}", "ABC", ["ABC"]],
    ["(?:PRJ|ACME)-\\d{3,5}(?:-[A-Z])?", "PRJ-123-X ACME-12345", ["PRJ-123-X", "ACME-12345"]],
  ])("%s in %j", (source, text, found) => {
    expect(
      pattern(source)
        .find(text)
        .map(({ start, end }) => text.slice(start, end)),
    ).toEqual([...found]);
    expect(pattern(source).test(text)).toBe(found.length > 0);
  });

  test.each([
    ["(?=x)a", /look-around/],
    ["(?<!x)a", /look-around/],
    ["(a)\\1", /back-reference/],
    ["(?<n>a)\\k<n>", /back-reference/],
    ["a{2000}", /more than 1000/],
    ["((a{100}){100}){100}", /more than 10000 states/],
    ["(", /missing "\)"/],
    ["a)", /unmatched "\)"/],
    ["[a", /missing "\]"/],
    ["*a", /nothing to repeat/],
    ["a{3,2}", /maximum is below/],
    ["\\p{Nope}", /Unicode property/],
    ["[z-a]", /range/],
    ["(?>a)", /atomic/],
    ["a++", /possessive/],
    ["\\q", /unknown escape/],
  ])("refuses %s", (source, why) => {
    const compiled = compileUserPattern(source);
    expect(compiled.ok ? "taken" : compiled.problem).toMatch(why);
  });

  test("takes linear time where backtracking does not end, and gives the right answer", () => {
    const text = `${"a".repeat(200_000)}!`;
    const spent = cpuMs(() => {
      expect(pattern("^(?:(a+)+$|a+!$)").test(text)).toBe(true);
      expect(pattern("(a+)+$").find(text)).toEqual([]);
      expect(pattern("a+b").find(`${"a".repeat(200_000)}b`)).toEqual([{ start: 0, end: 200_001 }]);
    });
    expect(spent).toBeLessThan(4_000);
  });

  test("finds what the runtime's own expressions find, where longest and first are the same", () => {
    const atom = fc.constantFrom("a", "b", "[ab]", "[^a]", ".", "c", "\\d", "\\w", "\\s");
    const piece = fc.tuple(atom, fc.constantFrom("", "?", "{2}", "{1,3}", "+", "*")).map(([one, count]) => one + count);
    const source = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(""));
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "1", " ", "\n", "é"), maxLength: 12 });
    fc.assert(
      fc.property(source, text, (expression, given) => {
        expect(pattern(expression).test(given)).toBe(new RegExp(expression, "u").test(given));
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom("a+", "[ab]{1,3}", "\\w+\\d", "(?:ab|a)c?", "b*c"), text, (expression, given) => {
        const expected = Array.from(given.matchAll(new RegExp(expression, "gu")), ({ 0: { length }, index }) => {
          return { start: index, end: index + length };
        });
        expect(pattern(expression).find(given)).toEqual(expected.filter(({ start, end }) => end > start));
      }),
    );
  });

  test.each([
    ["a$\\b", "a", ["a"]],
    ["(?m)a$\\b", "a\na ", ["a"]],
    ["(?m)a$\\B", "a\na", []],
    ["\\.$\\B", "a.", ["."]],
    ["(?m)\\n$^", "a\n\nb", ["\n"]],
  ])("%s in %j: each of several conditions at one place is asked of both sides", (source, text, found) => {
    expect(pattern(source).find(text)).toHaveLength(found.length);
    expect(pattern(source).test(text)).toBe(found.length > 0);
  });

  const counts = fc.constantFrom<Count>(...COUNTS);
  const { expression } = fc.letrec<{ expression: Expression; sequence: Expression; piece: Expression }>((tie) => ({
    expression: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map(anyOf),
    sequence: fc.array(tie("piece"), { maxLength: 4 }).map(inTurn),
    piece: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      fc.tuple(fc.constantFrom(...ATOMS), counts).map(([one, count]) => counted(atom(one), count)),
      fc.tuple(tie("expression"), counts).map(([inner, count]) => counted(group(inner), count)),
    ),
  }));
  const given = fc.string({ unit: fc.constantFrom("a", "b", "1", "_", " ", "\n", "."), maxLength: 8 });

  test("any pattern matches where its parts do by the runtime, from the first place on and as far as it can", () => {
    fc.assert(
      fc.property(expression, given, fc.constantFrom("", "m", "s", "ms"), (expected, text, flags) => {
        const { source } = expected;
        const own = pattern(flags === "" ? source : `(?${flags})(?:${source})`);
        const places = Array.from({ length: text.length + 1 }, (_, at) => at);
        expect(own.test(text)).toBe(expected.ends(new Set(places), { text, flags }).size > 0);
        expect(own.find(text)).toEqual(longestMatches(expected, { text, flags }));
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

/** From left to right the longest match at the first place with one that is not empty. */
function longestMatches(expression: Expression, given: Given): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let start = 0; start < given.text.length; start++) {
    const end = Math.max(start, ...expression.ends(new Set([start]), given));
    if (end === start) continue;
    found.push({ start, end });
    start = end - 1;
  }
  return found;
}
