import { describe, expect, test } from "bun:test";
import { asList, asObject, asText, memberOf, parsedObject, showPath } from "../../../src/lib/json/json.ts";

describe("parsedObject", () => {
  test("is the object that a text is", () => {
    expect(parsedObject(' {"a": [1, {}]} ')).toEqual({ a: [1, {}] });
    expect(parsedObject("{}")).toEqual({});
  });

  test.each(["", "null", "[]", '"{}"', "1", "{", '{"a":1}x', "\uFEFF{}"])("%p is none", (text) => {
    expect(parsedObject(text)).toBeNull();
  });
});

test.each([
  ["a", "a"],
  [undefined, ""],
  [null, "null"],
  [7, "7"],
  [{ toString: null }, '{"toString":null}'],
])("asText of %p is %p", (value, text) => {
  expect(asText(value)).toBe(text);
});

test("what is no list has no items, and what is no object no members", () => {
  const [list, object] = [[1], { a: 1 }];
  expect(asList(list)).toBe(list);
  expect(asObject(object)).toBe(object);
  expect(memberOf(object, "a")).toBe(1);
  for (const other of [undefined, null, 1, "a", object]) expect(asList(other)).toEqual([]);
  for (const other of [undefined, null, 1, "a", list]) {
    expect(asObject(other)).toEqual({});
    expect(memberOf(other, "length")).toBeUndefined();
  }
});

describe("showPath", () => {
  test("has indices in brackets and names behind dots", () => {
    expect(showPath(["messages", 2, "content"])).toBe("messages[2].content");
    expect(showPath([0, "a", 1, 2])).toBe("[0].a[1][2]");
    expect(showPath([])).toBe("");
  });
});
