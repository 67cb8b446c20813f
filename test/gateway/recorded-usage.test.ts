import { describe, expect, test } from "bun:test";
import { readUsage, usageIn } from "../../src/gateway/usage.ts";
import { isObject, type JsonObject } from "../../src/lib/json/json.ts";
import { costNanoUsd, type Price } from "../../src/lib/pricing.ts";
import { type Exchange, hasRecordings, RECORDED, records } from "../support/replay.ts";

const PRICE: Price = { prompt: 1, completion: 10, cachedPrompt: 0.1, basis: "exact" };

/** Every usage block of an answer, whole or streamed. */
function blocksOf({ body, stream }: Exchange): JsonObject[] {
  const texts = stream ? [...body.matchAll(/^data: ?(\{.*\})\r?$/gm)].map(([, json]) => json!) : [body];
  return texts.flatMap((text) => {
    try {
      const value: unknown = JSON.parse(text);
      const usage = isObject(value) ? usageIn(value) : null;
      return usage === null ? [] : [usage];
    } catch {
      return [];
    }
  });
}

const number = (value: unknown): number => (typeof value === "number" ? value : 0);

describe.skipIf(!hasRecordings)("the usage block of every recording", () => {
  const blocks = hasRecordings
    ? RECORDED.flatMap(records).flatMap((exchange) => blocksOf(exchange).map((usage) => ({ exchange, usage })))
    : [];

  test("there are many", () => expect(blocks.length).toBeGreaterThan(400));

  test("comes to all the tokens it names, each paid for once", () => {
    for (const { exchange, usage } of blocks) {
      const read = readUsage(usage);
      const prompt = read.prompt_tokens ?? 0;
      const completion = read.completion_tokens ?? 0;
      const at = `${exchange.id}: ${JSON.stringify(usage)}`;
      expect(read.basis, at).toBe("exact");
      expect(prompt, at).toBeGreaterThanOrEqual(number(usage["prompt_tokens"]));
      // an answer that is not over says only what it has used until then
      if (number(usage["completion_tokens"]) > 0 || exchange.endpoint === "embeddings")
        expect(prompt + completion, at).toBe(
          Math.max(number(usage["total_tokens"]), number(usage["prompt_tokens"]) + number(usage["completion_tokens"])),
        );
      expect(read.cached_tokens ?? 0, at).toBeLessThanOrEqual(prompt);
      expect(read.reasoning_tokens ?? 0, at).toBeLessThanOrEqual(completion);
      const cached = read.cached_tokens ?? 0;
      expect(costNanoUsd(PRICE, read), at).toBe(Math.round((prompt - cached + cached * 0.1 + completion * 10) * 1000));
    }
  });

  test("names cached and thought tokens wherever it does", () => {
    const told = (key: "cached_tokens" | "reasoning_tokens") =>
      new Set(blocks.filter(({ usage }) => (readUsage(usage)[key] ?? 0) > 0).map(({ exchange }) => exchange.provider));
    for (const provider of ["mistral", "openai", "deepseek"]) expect(told("cached_tokens")).toContain(provider);
    for (const provider of ["openai", "groq", "deepseek"]) expect(told("reasoning_tokens")).toContain(provider);
  });

  test("of OpenRouter says what was charged", () => {
    const routed = blocks.filter(({ exchange }) => exchange.provider === "openrouter");
    expect(routed.filter(({ usage }) => readUsage(usage).billed_usd !== undefined).length).toBeGreaterThan(5);
  });
});
