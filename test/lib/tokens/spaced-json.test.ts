import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { memberOfEach, respaced, spacedJson } from "../../../src/lib/tokens/spaced-json.ts";

const whole = (source: string) => ({ start: 0, end: source.length });

/** Python's `json.dumps(value, ensure_ascii=False)` for what JSON can hold. */
function dumps(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(dumps).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${JSON.stringify(key)}: ${dumps(one)}`)
    .join(", ")}}`;
}

describe("JSON text", () => {
  test("is respaced to Python's form and to the compact one, however it was spaced", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "medium" }), fc.constantFrom("", " ", "\t", 3), (value, indent) => {
        const source = JSON.stringify(value, null, indent);
        expect(spacedJson(source, whole(source), "compact")).toBe(JSON.stringify(value));
        expect(spacedJson(source, whole(source), "python")).toBe(dumps(value));
      }),
    );
  });

  test.each([
    [String.raw`{"a":"x\u00e9\/"}`, `{"a": "xé/"}`],
    [String.raw`["a,b:c\"d"]`, String.raw`["a,b:c\"d"]`],
    ["[1.0,1e5,12345678901234567890]", "[1.0, 1e5, 12345678901234567890]"],
  ])("%s keeps its numbers and shows its characters", (source, expected) => {
    expect(spacedJson(source, whole(source), "python")).toBe(expected);
  });

  test("is taken out of the middle of a source", () => {
    const source = `{"x":[1,2],"y":0}`;
    expect(spacedJson(source, { start: 5, end: 10 }, "python")).toBe("[1, 2]");
  });

  test("may be nested as deeply as it likes", () => {
    const source = "[".repeat(200_000) + "]".repeat(200_000);
    expect(spacedJson(source, whole(source), "python")).toBe(source);
  });

  test("that is none stays as it is", () => {
    for (const text of ["", "{", 'say "hi', "{'a':1}"]) expect(respaced(text, "python")).toBe(text);
    expect(respaced('{"a":1}', "python")).toBe('{"a": 1}');
  });

  test("gives the member of each object, or the object", () => {
    const source = `[{"function":{"name":"f"}},{"type":"web_search"},3]`;
    const texts = memberOfEach(source, whole(source), "function").map(({ start, end }) => source.slice(start, end));
    expect(texts).toEqual([`{"name":"f"}`, `{"type":"web_search"}`, "3"]);
    expect(memberOfEach("{}", whole("{}"), "function")).toEqual([{ start: 0, end: 2 }]);
  });
});
