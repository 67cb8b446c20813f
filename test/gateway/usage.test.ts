import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { estimatedUsageBlock, estimateUsage, readUsage, usageIn } from "../../src/gateway/usage.ts";

describe("usage", () => {
  test("stands at the top, or where Groq puts it", () => {
    const usage = { prompt_tokens: 1 };
    expect(usageIn({ usage })).toBe(usage);
    expect(usageIn({ x_groq: { usage } })).toBe(usage);
    for (const body of [{}, { usage: null }, { usage: 5 }, { x_groq: null }, { x_groq: { id: "x" } }])
      expect(usageIn(body)).toBeNull();
  });

  test("is read with its details, and without what is no number", () => {
    expect(
      readUsage({
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      }),
    ).toEqual({ prompt_tokens: 10, completion_tokens: 5, cached_tokens: 4, reasoning_tokens: 3, basis: "exact" });
    const nonsense = { prompt_tokens: "10", completion_tokens: Number.NaN, prompt_tokens_details: null };
    expect(readUsage(nonsense)).toMatchObject({ prompt_tokens: null, completion_tokens: null, cached_tokens: null });
  });

  test("estimated is never less than nothing nor more than a token a unit, and adds up", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (prompt, answer) => {
        const usage = estimateUsage(prompt, answer);
        expect(usage.basis).toBe("estimated");
        expect(usage.prompt_tokens!).toBeLessThanOrEqual(prompt);
        expect(usage.completion_tokens! * 4).toBeGreaterThanOrEqual(answer);
        const block = estimatedUsageBlock(prompt, answer);
        expect(block["total_tokens"]).toBe(usage.prompt_tokens! + usage.completion_tokens!);
        expect(block["estimated"]).toBe(true);
      }),
    );
  });
});
