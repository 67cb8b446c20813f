import { describe, expect, test } from "bun:test";
import { defaultReserve, frameBound, promptTokens, reserveOf, textBytes } from "../../../src/lib/tokens/budget.ts";
import { TEMPLATES } from "../../../src/lib/tokens/family.ts";
import type { Prompt } from "../../../src/lib/tokens/prompt.ts";

const prompt: Prompt = { texts: ["x"], messages: 3, calls: 2, media: 0, given: 5, rewritten: false };

describe("the reserve for the answer", () => {
  test.each([
    [{ max_completion_tokens: 7, max_tokens: 9 }, 7],
    [{ max_tokens: 9 }, 9],
    [{ max_completion_tokens: null, max_tokens: 9 }, 9],
    [{ max_tokens: null }, 100],
    [{}, 100],
    [{ max_tokens: "9" }, 100],
    [{ max_tokens: -5 }, 100],
    [{ max_tokens: Number.NaN }, 100],
    [{ max_tokens: 1e300 }, 1e300],
    [{ max_tokens: 9, n: 8 }, 9],
  ])("of %j is %d", (value, expected) => {
    for (const endpoint of ["chat", "completions", "fim"] as const)
      expect(reserveOf(endpoint, value, 100)).toBe(expected);
  });

  test("is nothing where nothing is written", () => {
    for (const endpoint of ["embeddings", "moderations"] as const)
      expect(reserveOf(endpoint, { max_tokens: 9 }, 100)).toBe(0);
  });

  test("defaults to 1,024 tokens, or to an eighth of a small limit", () => {
    expect([4, 100, 8_191, 8_192, 1_000_000].map(defaultReserve)).toEqual([0, 12, 1_023, 1_024, 1_024]);
  });
});

describe("the size of a prompt", () => {
  test("is bounded by bytes and 8 tokens a message and call", () => {
    expect(frameBound(prompt)).toBe(8 * 5 + 16 + 5);
    expect(textBytes(["aé", "😀"])).toBe(3 + 4);
  });

  test("follows the template", () => {
    const counted = { texts: 100, tools: true, margin: false };
    expect(promptTokens(prompt, TEMPLATES.mistral, counted)).toBe(100 + 1 + 2 * 3 + 3 * 2 + 2 + 5);
    expect(promptTokens(prompt, TEMPLATES.openai, counted)).toBe(100 + 3 + 4 * 3 + 3 * 2 + 5);
    expect(promptTokens(prompt, TEMPLATES.other, counted)).toBe(Math.ceil(115 + 3 + 4 * 3 + 3 * 2 + 5));
    expect(promptTokens(prompt, TEMPLATES.mistral, { ...counted, margin: true })).toBe(120 + 32);
  });

  test("is within its frame's bound for every family", () => {
    for (const template of Object.values(TEMPLATES)) {
      const tokens = promptTokens(prompt, { ...template, scale: 1 }, { texts: 0, tools: true, margin: false });
      expect(tokens).toBeLessThanOrEqual(frameBound(prompt));
    }
  });
});
