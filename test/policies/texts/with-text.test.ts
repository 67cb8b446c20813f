import { describe, expect, test } from "bun:test";
import { withText } from "../../../src/policies/texts/with-text.ts";

describe("withText", () => {
  test("copies the way and shares the rest", () => {
    const deep = { deep: 1 };
    const value = { id: "x", choices: [{ delta: { content: "a", n: deep } }, { delta: { content: "b" } }] };
    const copy = withText(value, ["choices", 0, "delta", "content"], "new");
    expect(copy).toEqual({
      id: "x",
      choices: [{ delta: { content: "new", n: { deep: 1 } } }, { delta: { content: "b" } }],
    });
    expect(value.choices[0]?.delta.content).toBe("a");
    expect(copy.choices[1]).toBe(value.choices[1]!);
    expect(copy.choices[0]?.delta.n).toBe(deep);
  });

  test("keeps a member named __proto__ a member", () => {
    const value = JSON.parse('{"a":{"__proto__":"x"}}') as { a: object };
    expect(JSON.stringify(withText(value, ["a", "__proto__"], "y"))).toBe('{"a":{"__proto__":"y"}}');
  });

  test("refuses a path that leads nowhere", () => {
    for (const path of [["b"], ["a", "b"], ["a", 0, 0]]) {
      expect(() => withText({ a: ["x"] }, path, "y")).toThrow(RangeError);
    }
  });
});
