import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { leafSpans, locateLeaves } from "../../../src/lib/json/leaves.ts";
import {
  elements,
  findMember,
  members,
  rootElements,
  skipBlanks,
  spanOf,
  valueEnd,
} from "../../../src/lib/json/scan.ts";
import { everyPath, jsonObject, jsonText, jsonValue, valueAt } from "../json-arbitrary.ts";

describe("spanOf", () => {
  test("leads to the value JSON.parse sees, at every path of any text", () => {
    fc.assert(
      fc.property(jsonText(jsonValue), (source) => {
        const value: unknown = JSON.parse(source);
        for (const path of everyPath(value)) {
          const span = spanOf(source, path);
          expect(span).not.toBeNull();
          expect(JSON.parse(source.slice(span!.start, span!.end))).toEqual(valueAt(value, path));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is null where a path leads nowhere", () => {
    const source = '{"a":[1,{"b":2}],"c":"d"}';
    for (const path of [["b"], ["a", 2], ["a", "0"], [0], ["c", "d"], ["c", 0], ["a", 0, "x"]]) {
      expect(spanOf(source, path)).toBeNull();
    }
  });
});

describe("members and elements", () => {
  test("give every member of any object, key and value, in order", () => {
    fc.assert(
      fc.property(jsonText(jsonObject), (source) => {
        const open = skipBlanks(source, 0);
        const found = members(source, open);
        const value = JSON.parse(source) as Record<string, unknown>;
        expect(new Set(found.map(({ key }) => key))).toEqual(new Set(Object.keys(value)));
        for (const { key, start, end } of found) {
          expect(JSON.parse(source.slice(start, end))).toEqual(value[key]);
          expect(source.slice(start, end)).toBe(source.slice(start, end).trim());
          expect(findMember(source, open, key)).toMatchObject({ key, start, end });
        }
      }),
      { numRuns: 300 },
    );
  });

  test("give every element of any array, in order", () => {
    fc.assert(
      fc.property(jsonText(fc.array(jsonValue, { maxLength: 6 })), (source) => {
        const found = elements(source, skipBlanks(source, 0));
        expect(found.map(({ start, end }) => JSON.parse(source.slice(start, end)))).toEqual(JSON.parse(source));
      }),
      { numRuns: 300 },
    );
  });

  test("know an empty object and array, blanks or not", () => {
    expect(members("{ \n}", 0)).toEqual([]);
    expect(elements("[\t]", 0)).toEqual([]);
    expect(findMember("{}", 0, "a")).toBeNull();
    const source = ' {"b": [[0], {"a": 1}], "a": [ 1, "]" ]}';
    expect(rootElements(source, "a").map(({ start, end }) => source.slice(start, end))).toEqual(["1", '"]"']);
  });
});

describe("valueEnd", () => {
  test("costs no stack however deep the value", () => {
    const depth = 200_000;
    const source = `${'{"a":['.repeat(depth)}"]}"${"]}".repeat(depth)} ,`;
    expect(valueEnd(source, 0)).toBe(source.length - 2);
  });

  test("is linear in a string of nothing but escapes", () => {
    const source = JSON.stringify(`${"\\".repeat(1_000_000)}"`);
    expect(valueEnd(source, 0)).toBe(source.length);
  });
});

describe("locateLeaves", () => {
  test("finds in one pass what spanOf finds path by path", () => {
    fc.assert(
      fc.property(jsonText(jsonValue), (source) => {
        const value: unknown = JSON.parse(source);
        const paths = everyPath(value).filter(
          (path) => typeof valueAt(value, path) !== "object" || valueAt(value, path) === null,
        );
        const found = locateLeaves(source, paths);
        expect(found).toEqual(paths.map((path) => spanOf(source, path)));
      }),
      { numRuns: 300 },
    );
  });

  test("takes the last of two equal keys, as JSON.parse does", () => {
    const source = '{"a":"first","b":{"a":"other"},"a":"last"}';
    const [span] = locateLeaves(source, [["a"]]);
    expect(source.slice(span!.start, span!.end)).toBe('"last"');
  });

  test("is null where a path leads nowhere or to no leaf", () => {
    expect(locateLeaves('{"a":[1],"b":{}}', [["a"], ["b"], ["a", 1], ["c"], []])).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test("finds one place twice where it is asked for twice, and a text that is a leaf itself", () => {
    expect(locateLeaves(' "x" ', [[], []])).toEqual([
      { start: 1, end: 4 },
      { start: 1, end: 4 },
    ]);
  });
});

describe("leafSpans", () => {
  test("cuts any text into its leaves: everything between is structure and blanks", () => {
    fc.assert(
      fc.property(jsonText(jsonValue), (source) => {
        let at = 0;
        for (const { start, end } of leafSpans(source)) {
          expect(source.slice(at, start)).toMatch(/^[\s{}[\],:]*$/);
          expect(typeof JSON.parse(source.slice(start, end)) === "object").toBe(source.slice(start, end) === "null");
          at = end;
        }
        expect(source.slice(at)).toMatch(/^[\s{}[\],:]*$/);
      }),
      { numRuns: 300 },
    );
  });
});
