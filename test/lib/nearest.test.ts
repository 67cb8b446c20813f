import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { editDistance, nearest } from "../../src/lib/nearest.ts";

describe("editDistance", () => {
  test("counts insertions, deletions, replacements and swaps", () => {
    expect(editDistance("model", "model")).toBe(0);
    expect(editDistance("modle", "model")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("kitten", "sitting")).toBe(3);
  });

  test("is symmetric and zero only for equal words", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

describe("nearest", () => {
  test("finds the word that was meant", () => {
    expect(nearest("fallbak", ["single", "fallback"])).toBe("fallback");
    expect(nearest("Timeout-Seconds", ["timeout_seconds", "weight"])).toBe("timeout_seconds");
  });

  test("stays silent when nothing is near", () => {
    expect(nearest("zebra", ["single", "fallback"])).toBeUndefined();
    expect(nearest("x".repeat(5000), ["x".repeat(99)])).toBeUndefined();
    expect(nearest("a", [])).toBeUndefined();
  });
});
