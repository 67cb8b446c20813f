import { expect, test } from "bun:test";
import { isShortId, shortId } from "../../src/providers/_tool-call-id.ts";

test("many texts have as many short ids, each the same every time", () => {
  const ids = Array.from({ length: 2_000 }, (_, at) => shortId(`chatcmpl-${at}/0/0`));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every(isShortId)).toBe(true);
  expect(shortId("chatcmpl-7/0/0")).toBe(ids[7]!);
});

test.each([
  ["a1B2c3D4e", true],
  ["a1B2c3D4", false],
  ["a1B2c3D4ef", false],
  ["call_1234", false],
  ["a1B2c3D4é", false],
])("%p is one: %p", (id, expected) => {
  expect(isShortId(id)).toBe(expected);
});
