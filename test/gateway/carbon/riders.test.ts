import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RIDERS, withRiders } from "../../../src/gateway/carbon/riders.ts";

describe("withRiders", () => {
  test.each([
    ["{}", '{"vetted":1}'],
    ['{"a":1}', '{"a":1,"vetted":1}'],
    ['{ "a": "}" }\n', '{ "a": "}","vetted":1}\n'],
    ['{"vetted":{"x":2},"a":1}', '{"a":1,"vetted":1}'],
    ['{"a":1,"routing_trace":[],"vetted_error":"y"}', '{"a":1,"vetted":1}'],
    ['{"routing_trace":[]}', '{"vetted":1}'],
    ['{"a":"the vetted one"}', '{"a":"the vetted one","vetted":1}'],
  ])("puts members at the end of %s", (json, want) => {
    expect(withRiders(json, { vetted: "1" })).toBe(want);
  });

  test("changes nothing where there are none", () => {
    expect(withRiders('{"vetted":1}', null)).toBe('{"vetted":1}');
  });

  test("keeps every other member of any object, and has its own once", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (object, value) => {
        const source = JSON.stringify(object);
        const {
          vetted,
          vetted_error: _,
          routing_trace: __,
          ...rest
        } = JSON.parse(withRiders(source, { vetted: JSON.stringify(value) }));
        const others = Object.fromEntries(
          Object.entries(JSON.parse(source)).filter(([key]) => !RIDERS.some((name) => name === key)),
        );
        expect(rest).toEqual(others);
        expect(vetted).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
