import { expect, test } from "bun:test";
import { onceFor, onceForHead } from "../../../src/detect/recognisers/_once.ts";

test("onceFor asks once for the same text", () => {
  let asked = 0;
  const ask = onceFor((before) => {
    asked += 1;
    return before.length;
  });
  expect([ask("ab"), ask("ab"), ask("c"), ask("ab")]).toEqual([2, 2, 1, 2]);
  expect(asked).toBe(3);
});

test("onceForHead asks once for a text and what it begins with, if its head is in it", () => {
  let asked = 0;
  const ask = onceForHead((text) => {
    asked += 1;
    return text.indexOf("=") + 1;
  });
  expect([ask("key=abcdef"), ask("key=abc"), ask("key="), ask("key"), ask("a=b")]).toEqual([4, 4, 4, 0, 2]);
  expect(asked).toBe(3);
});
