import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { JsonFilter } from "../../../src/detect/filter/json-filter.ts";
import { type RuleSet, ruleSet } from "../../../src/detect/scan/rules.ts";
import { patternRules } from "../../../src/policies/texts/own-patterns.ts";

function filtered(set: RuleSet, pieces: readonly string[]): string {
  const filter = new JsonFilter(set, { replace: ({ entity }) => `[${entity}]`, rest: () => "" });
  return pieces.map((piece) => filter.push(piece)).join("") + filter.flush();
}

const patterns = (...sources: string[]) => ruleSet(patternRules(sources, "P"));

const SET = patterns(
  "(?i)api[_-]?key[\"']?\\s*[:=]\\s*[\"']?\\w{16,}",
  '"pin":\\s*\\d{4}',
  "password\\s*[:=]\\s*\\S+",
  '"active":\\s*true',
  '"salary":\\s*"[^"]+"',
  "secret",
  "TCK-\\d{6}",
);

describe("own patterns that begin in the name of a member", () => {
  test.each([
    ['{"api_key":"abcdef0123456789abcd","x":"y"}', '{"api_key":"[P]","x":"y"}'],
    ['{"apiKey" : "abcdef0123456789 is it"}', '{"apiKey" : "[P] is it"}'],
    ['{"pin":1234,"pin2":1234}', '{"pin":"[P]","pin2":1234}'],
    ['{"pin": 12345}', '{"pin": "[P]5"}'],
    ['{"password":"hunter2 or so","note":"password: x y"}', '{"password":"[P] or so","note":"[P] y"}'],
    ['{"password":"hun\\u0074er\\n2"}', '{"password":"[P]\\n2"}'],
    ['{"pass\\u0077ord":"a\\"b"}', '{"pass\\u0077ord":"[P]"}'],
    ['{"a":{"password":"x"},"b":["password","x"]}', '{"a":{"password":"[P]"},"b":["password","x"]}'],
    ['{"active":true,"active ":true}', '{"active":"[P]","active ":true}'],
    ['{"secret":"TCK-123456 and more"}', '{"[P]":"[P] and more"}'],
    ['{"salary":"90k \\"EUR\\"","salary": "","salary":"x"}', '{"salary":"[P]EUR\\"","salary": "","salary":"[P]"}'],
    ['{"password":{"x":"y"},"api_key":null}', '{"password":{"x":"y"},"api_key":null}'],
    ['{"password":"","api_key":"short"}', '{"password":"","api_key":"short"}'],
  ])("%s", (json, expected) => {
    expect(filtered(SET, [json])).toBe(expected);
    expect(filtered(SET, json.split(""))).toBe(expected);
  });

  test("a long value leaves whole", () => {
    const set = patterns("token: .*");
    const long = "word ".repeat(80);
    expect(filtered(set, [JSON.stringify({ token: long, next: "stays" })])).toBe('{"token":"[P]","next":"stays"}');
  });

  test("what follows JSON that is none is read as running text", () => {
    expect(filtered(SET, ['{"password":"x"} and "pin": 1234'])).toBe('{"password":"[P]"} and [P]');
    expect(filtered(SET, ['{"pin":1234 as it were'])).toBe('{"pin":1234 as it were');
  });

  test("come to the same however a text is cut, and JSON stays JSON", () => {
    const name = fc.constantFrom(
      "salary",
      "api_key",
      "pin",
      "password",
      "active",
      "other",
      'q"',
      "pass",
      "word",
      "api",
    );
    const value = fc.oneof(
      fc.constantFrom("abcdef0123456789abcd", "x y", "TCK-123456", "", 'a"b\\', "password: z", "é\n", "secret"),
      fc.constantFrom(1234, 12345.5, true, null),
    );
    const json = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 2 }, value, fc.array(tie("any"), { maxLength: 3 }), fc.dictionary(name, tie("any"))),
    })).any;
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, 2), fc.array(fc.nat(), { maxLength: 8 }), (said, indent, cuts) => {
        const text = JSON.stringify({ password: said }, null, indent);
        const whole = filtered(SET, [text]);
        expect(() => JSON.parse(whole)).not.toThrow();
        const places = [...new Set(cuts.map((cut) => cut % text.length))].sort((one, other) => one - other);
        const pieces = [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length));
        expect(filtered(SET, pieces)).toBe(whole);
        expect(filtered(SET, text.split(""))).toBe(whole);
      }),
    );
  });
});
