import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { JsonFilter } from "../../../src/detect/filter/json-filter.ts";
import { parsePattern } from "../../../src/detect/pattern/parser.ts";
import { RECOGNISERS } from "../../../src/detect/recognisers/index.ts";
import { type RuleSet, ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";

const befores: string[] = [];

function setOf(source: string): RuleSet {
  const parsed = parsePattern(source);
  if ("problem" in parsed) throw new Error(parsed.problem);
  const valid = (_text: string, before: string): boolean => befores.push(before) > 0;
  return ruleSet([{ entity: "X", trees: [parsed.tree], priority: 1, valid }]);
}

const SET = setOf("x{1,3}@|\\d{6,8}");

function filtered(pieces: readonly string[], marker = '<"\n>'): string {
  const filter = new JsonFilter(SET, { replace: () => marker, rest: () => "" });
  return pieces.map((piece) => filter.push(piece)).join("") + filter.flush();
}

const both = (text: string): string => {
  const whole = filtered([text]);
  expect(filtered(text.split(""))).toBe(whole);
  return whole;
};

describe("JsonFilter", () => {
  test.each([
    ["running text xx@ stays so", 'running text <"\n> stays so'],
    ['{"a":"xx@","b":1}', '{"a":"<\\"\\n>","b":1}'],
    ['{"a":"x\\u0078@ \\u00e9\\/\\"\\\\ \\ud83d\\ude00"}', '{"a":"<\\"\\n> \\u00e9\\/\\"\\\\ \\ud83d\\ude00"}'],
    ['{"xx@":[true,null,-1.5e3,1234567]}', '{"<\\"\\n>":[true,null,-1.5e3,"<\\"\\n>"]}'],
    [" [12345, 12345678]", ' [12345, "<\\"\\n>"]'],
    ['{"a": xx@ "b"}', '{"a": <"\n> "b"}'],
    ['[see "xx@" and xx@]', '[see "<"\n>" and <"\n>]'],
    ['"xx@"', '"<"\n>"'],
    ['{"a":"x', '{"a":"x'],
    ['{"a":"half \\u00', '{"a":"half \\u00'],
    ['{"a":"\\uzzzz \\q xx@"}', '{"a":"\\uzzzz \\q <\\"\\n>"}'],
    ['{"a":1234567', '{"a":"<\\"\\n>"'],
    ['{"a":tru', '{"a":tru'],
    [`{"n":${"1".repeat(80)}}`, `{"n":${'<"\n>'.repeat(10)}}`],
    ["[12 34 567 8901, xx@]", '[12 34 567 8901, <"\n>]'],
    ["[123 x12345678]", '[123 x<"\n>]'],
    ['{"a": 12345678 , "b":true }', '{"a": "<\\"\\n>" , "b":true }'],
    ["[1.2.3456789]", '[1.2.<"\n>]'],
    ['[12345678 "', '[<"\n> "'],
    ["", ""],
  ])("%j", (text, expected) => {
    expect(both(text)).toBe(expected);
  });

  test("takes the string before, usually a key, for what stands in front", () => {
    befores.length = 0;
    filtered(['{"card number":1234567,"k":"ab xx@"}']);
    expect(befores).toEqual(["card number: ", "k: ab "]);
  });

  test("reads a string alike whatever strings stand further in front than the one before", () => {
    const set = ruleSet(RECOGNISERS.map(ruleOf));
    const filter = () => new JsonFilter(set, { replace: ({ entity }) => entity, rest: () => "" });
    const text = fc
      .array(
        fc.constantFrom(
          ..."-----BEGIN PRIVATE KEY-----|name,iban,ssn\n|INSERT INTO p (ssn, tel) VALUES (1, |ssn |tel |DE89 3704 0044 0532 |0130 00|".split(
            "|",
          ),
          ..."078-05-1120|030 90|1820|jane@|example.com|\u200b|\ud83d|\\u00|&#4|Dear |Anna Schmidt| |\n".split("|"),
        ),
        { maxLength: 4 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, text, (first, before, last) => {
        const alone = filter().push(JSON.stringify([before, last]));
        const whole = filter().push(JSON.stringify([first, before, last]));
        expect(JSON.parse(whole)[2]).toBe(JSON.parse(alone)[1]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("keeps JSON JSON, with everything else in it as it was, however it is cut", () => {
    const text = fc.string({
      unit: fc.constantFrom("x", "@", '"', "\\", "é", "\n", "\u{1f600}", "1", "\ud83d"),
      maxLength: 12,
    });
    const leaf = fc.oneof(text, fc.integer(), fc.constantFrom(1234567, true, null, 1e21, -0.5));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value")), fc.dictionary(text, tie("value"))),
    }));
    // with the backslash that Markdown allows in front of a sign
    const strip = (given: unknown): unknown => {
      if (typeof given === "string") return given.replace(/x{1,3}\\?@/g, "M");
      return typeof given === "number" && /^-?\d{6,8}$/.test(String(given)) ? null : given;
    };
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.array(fc.nat(), { maxLength: 8 }), (given, cuts) => {
        const source = JSON.stringify(given);
        const sorted = [...new Set(cuts.map((cut) => cut % source.length))].sort((a, b) => a - b);
        const pieces = [0, ...sorted].map((from, index) => source.slice(from, sorted[index] ?? source.length));
        const whole = filtered([source], "M");
        expect(filtered(pieces, "M")).toBe(whole);
        const out: unknown = JSON.parse(whole, (_key, each: unknown) => each);
        if (!/\d{6}/.test(source))
          expect(out).toEqual(JSON.parse(source.replace(/x{1,3}(?:\\\\)?@/g, "M"), (_key, each) => strip(each)));
      }),
    );
  }, 60_000);
});
