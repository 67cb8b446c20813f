import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { editDistance, nearest } from "../../src/lib/nearest.ts";

describe("editDistance", () => {
  test("counts insertions, deletions, replacements and swaps", () => {
    expect(editDistance("model", "model", 5)).toBe(0);
    expect(editDistance("modle", "model", 5)).toBe(1);
    expect(editDistance("", "abc", 5)).toBe(3);
    expect(editDistance("kitten", "sitting", 5)).toBe(3);
  });

  test("gives up above the limit, and only there", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), fc.nat(12), (a, b, limit) => {
        const whole = editDistance(a, b, 100);
        expect(editDistance(b, a, 100)).toBe(whole);
        expect(whole === 0).toBe(a === b);
        const limited = editDistance(a, b, limit);
        if (whole <= limit) expect(limited).toBe(whole);
        else expect(limited).toBeGreaterThan(limit);
      }),
    );
  });
});

describe("nearest", () => {
  test("finds the word that was meant", () => {
    expect(nearest("fallbak", ["single", "fallback"])).toBe("fallback");
    expect(nearest("Timeout-Seconds", ["timeout_seconds", "weight"])).toBe("timeout_seconds");
    expect(nearest("modle", ["models", "model"])).toBe("model");
    expect(nearest("mistral-large", ["openai", "mistral-large-latest"])).toBe("mistral-large-latest");
  });

  test("stays silent when nothing is near", () => {
    expect(nearest("zebra", ["single", "fallback"])).toBeUndefined();
    expect(nearest("x".repeat(5000), ["x".repeat(99)])).toBeUndefined();
    expect(nearest("", ["a"])).toBeUndefined();
  });
});
