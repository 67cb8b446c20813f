import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonical } from "../../src/carbon/canonical.ts";

describe("canonical", () => {
  test("is that of the RFC's own example (RFC 8785, 3.2.2 and 3.2.3)", () => {
    const value = {
      numbers: JSON.parse("[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]"),
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonical(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const keys = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(canonical(keys)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  test("reads as the value, and is the same whatever the order of members", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonical(plain))).toEqual(plain);
        expect(canonical(Object.fromEntries(Object.entries(plain).reverse()))).toBe(canonical(plain));
      }),
    );
  });

  test("leaves out what is undefined", () => {
    expect(canonical({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  test("takes a text that only writes of surrogates", () => {
    expect(canonical({ "\\ud800": ["\\udc00", "😀"] })).toBe('{"\\\\ud800":["\\\\udc00","😀"]}');
  });

  test.each([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ["\ud800"],
    [{ "\udc00": 1 }],
    [["😀", { a: { 1: "\ude00" } }]],
    [undefined],
    [1n],
  ])("has none for %p", (value) => {
    expect(() => canonical(value)).toThrow(RangeError);
  });
});
