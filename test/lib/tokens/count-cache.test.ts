import { expect, test } from "bun:test";
import { createCountCache } from "../../../src/lib/tokens/count-cache.ts";

test("counts are remembered by text and vocabulary", () => {
  const cache = createCountCache(10);
  cache.set("tekken", "a", 1);
  cache.set("o200k", "a", 2);
  expect([cache.get("tekken", "a"), cache.get("o200k", "a"), cache.get("tekken", "b")]).toEqual([1, 2, undefined]);
  cache.set("tekken", "a", 3);
  expect(cache.get("tekken", "a")).toBe(3);
});

test("at the bound the count that was not used for longest goes", () => {
  const cache = createCountCache(3);
  for (const text of ["a", "b", "c"]) cache.set("tekken", text, 1);
  cache.get("tekken", "a");
  cache.set("tekken", "d", 1);
  expect(["a", "b", "c", "d"].map((text) => cache.get("tekken", text))).toEqual([1, undefined, 1, 1]);
  expect(cache.size).toBe(3);
});

test("it never grows beyond its bound", () => {
  const cache = createCountCache(100);
  for (let at = 0; at < 10_000; at++) cache.set("o200k", `text ${at}`, at);
  expect(cache.size).toBe(100);
  expect(cache.get("o200k", "text 9999")).toBe(9999);
});
