import { expect, test } from "bun:test";
import { dialectOf } from "../../src/providers/index.ts";

test.each([
  ["mistral-client-typescript/2.7.0", "mistral"],
  ["mistral-client-python/1.9.3", "mistral"],
  ["ai/7.0.173 ai-sdk-mistral/4.0.87 runtime/bun/1.4.5", "mistral"],
  ["mistral/1.0", "openai"],
  ["OpenAI/JS 7.55.0", "openai"],
  ["my-mistral-app/1.0", "openai"],
  ["curl/8.0 (mistral-large)", "openai"],
  ["", "openai"],
  [null, "openai"],
] as const)("dialectOf tells Mistral's libraries from the rest: %s", (userAgent, dialect) => {
  expect(dialectOf(userAgent, false)).toBe(dialect);
  expect(dialectOf(userAgent, true)).toBe(dialect === "mistral" ? "mistral-plain" : "openai");
});
