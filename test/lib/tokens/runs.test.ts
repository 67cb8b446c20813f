import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cutLongRuns, LONGEST_RUN } from "../../../src/lib/tokens/runs.ts";

const run = fc
  .tuple(fc.constantFrom("a", " ", "\n", "\u3000", "\ufeff", "\u0085", "我", "😀", "\ud800", "\udc00"), fc.nat(1500))
  .map(([unit, times]) => unit.repeat(times));

describe("runs", () => {
  test("are cut so that none is longer than the longest, and nothing is lost", () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 5 }), (pieces) => {
        const text = pieces.join("");
        const parts = [...cutLongRuns(text)];
        expect(parts.join("")).toBe(text);
        // one unit more where the cut would fall inside a surrogate pair
        for (const part of parts) expect(part).not.toMatch(/\S{514}|\s{513}/);
      }),
    );
  });

  test("are not cut inside a surrogate pair", () => {
    const parts = [...cutLongRuns(`a${"😀".repeat(1000)}`)];
    expect(parts.every((part) => part.isWellFormed())).toBe(true);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(LONGEST_RUN + 1);
  });

  test("of ordinary length leave a text whole", () => {
    const text = "word ".repeat(10_000);
    expect([...cutLongRuns(text)]).toEqual([text]);
    expect([...cutLongRuns("")]).toEqual([]);
  });

  test("of lone low surrogates end too", () => {
    const parts = [...cutLongRuns("\udc00".repeat(5000))];
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(LONGEST_RUN + 1);
  });
});
