import { describe, expect, test } from "bun:test";
import { familyOf, TEMPLATES } from "../../../src/lib/tokens/family.ts";

describe("the family of a model", () => {
  test.each([
    ["mistral", "mistral-large-latest", "mistral"],
    ["mistral", "ft:open-mistral-nemo:abc:20250101", "mistral"],
    ["mistral", "some-new-name", "mistral"],
    ["mistral", "mistral-embed", "other"],
    ["mistral", "open-mistral-7b", "other"],
    ["mistral", "open-mixtral-8x22b", "other"],
    ["openai-compatible", "mistralai/Mixtral-8x7B-Instruct-v0.1", "other"],
    ["openai-compatible", "mistralai/Mistral-7B-Instruct-v0.3", "other"],
    ["openai-compatible", "mistralai/Mistral-Small-3.2-24B", "mistral"],
    ["scaleway", "devstral-small-2505", "mistral"],
    ["openai", "gpt-4o-mini", "openai"],
    ["openai", "a-fine-tune", "openai"],
    ["azure", "my-deployment", "openai"],
    ["openai-compatible", "openai/gpt-oss-120b", "openai"],
    ["openai-compatible", "o3-mini", "openai"],
    ["openai-compatible", "text-embedding-3-small", "openai"],
    ["openai-compatible", "olmo-2", "other"],
    ["groq", "llama-3.3-70b", "other"],
    ["simulated", "demo", "other"],
  ] as const)("%s serving %s: %s", (provider, model, expected) => {
    expect(familyOf(provider, model)).toBe(expected);
  });
});

describe("the margins", () => {
  test.each([
    ["mistral", 100, 32],
    ["mistral", 10_000, 200],
    ["openai", 1_000, 50],
    ["other", 1_000, 100],
  ] as const)("%s, %d tokens: %d", (family, tokens, margin) => {
    expect(TEMPLATES[family].margin(tokens)).toBeCloseTo(margin);
  });
});
