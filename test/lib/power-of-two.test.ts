import { describe, expect, test } from "bun:test";
import { isPowerOfTwo } from "../../src/lib/power-of-two.ts";

describe("isPowerOfTwo", () => {
  test("says 1, 2, 4, 8 … and nothing between", () => {
    const said = Array.from({ length: 5_000 }, (_, times) => times).filter(isPowerOfTwo);
    expect(said).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096]);
  });

  test("goes on so up to 2³⁰, and what never happened is not said", () => {
    for (let exponent = 2; exponent <= 30; exponent++) {
      expect(isPowerOfTwo(2 ** exponent)).toBe(true);
      expect(isPowerOfTwo(2 ** exponent - 1)).toBe(false);
    }
    expect(isPowerOfTwo(0)).toBe(false);
  });
});
