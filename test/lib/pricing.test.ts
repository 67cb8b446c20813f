import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { NANO } from "../../src/lib/nano.ts";
import { costNanoUsd, listPrice, PRICES_AS_OF } from "../../src/lib/pricing.ts";

interface Row {
  readonly input?: number;
  readonly output?: number;
  readonly cached_input?: number;
}
interface Source {
  readonly source: { readonly commit_date: string };
  readonly providers: Readonly<Record<string, { readonly models: Readonly<Record<string, Row>> }>>;
}
const SOURCE = resolve(import.meta.dir, "../../../shared/data/prices.json");

describe("list prices", () => {
  // skipped only where ../shared/data is missing
  test.skipIf(!existsSync(SOURCE))("are those of the source, with its date; what it does not state is not 0", () => {
    const shared = JSON.parse(readFileSync(SOURCE, "utf8")) as Source;
    expect(PRICES_AS_OF).toBe(shared.source.commit_date);
    let compared = 0;
    for (const provider of Object.keys(shared.providers)) {
      for (const [model, row] of Object.entries(shared.providers[provider]!.models)) {
        const price = listPrice(provider, model);
        if (!row.input || row.output === undefined) expect(price).toBeNull();
        else {
          expect(price).toMatchObject({ prompt: row.input, completion: row.output!, basis: "estimated" });
          // that cached tokens cost nothing at all is said of one model that caches none
          if (row.cached_input === 0) expect(price!.cachedPrompt).toBeNull();
          else if (row.cached_input !== undefined) expect(price!.cachedPrompt).toBe(row.cached_input);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(140);
  });

  test("are had of no provider that is none, and of nothing that only sounds like a model", () => {
    expect(listPrice("openai-compatible", "gpt-4o")).toBeNull();
    expect(listPrice("mistral", "toString")).toBeNull();
    expect(listPrice("__proto__", "x")).toBeNull();
  });

  test("a snapshot has the price of its model where it is not listed itself", () => {
    expect(listPrice("openai", "gpt-5-2025-08-07")).toEqual(listPrice("openai", "gpt-5"));
    expect(listPrice("openai", "gpt-4o-2024-05-13")).not.toEqual(listPrice("openai", "gpt-4o"));
    expect(listPrice("openai", "no-such-model-2025-08-07")).toBeNull();
    expect(listPrice("mistral", "pixtral-12b-2409")).toEqual(listPrice("mistral", "pixtral-12b")!);
    expect(listPrice("mistral", "mistral-large-2407")).toBeNull();
    expect(listPrice("openai", "gpt-4-1106")).toBeNull();
  });

  test("Mistral bills a tenth for cached prompt tokens", () => {
    expect(listPrice("mistral", "mistral-large-latest")).toEqual({
      prompt: 0.5,
      completion: 1.5,
      cachedPrompt: 0.05,
      basis: "estimated",
    });
  });
});

describe("costNanoUsd", () => {
  const price = { prompt: 2, completion: 6, cachedPrompt: 0.2, basis: "exact" } as const;
  const tokens = (
    prompt_tokens: number | null,
    completion_tokens: number | null,
    cached_tokens: number | null = null,
  ) => ({
    prompt_tokens,
    completion_tokens,
    cached_tokens,
  });

  test.each([
    [tokens(1_000_000, 0), 2 * NANO],
    [tokens(0, 1_000_000), 6 * NANO],
    [tokens(1_000_000, 0, 500_000), 1.1 * NANO],
    [tokens(10, 0, 500), 2_000],
    [tokens(null, 7), 42_000],
    [tokens(null, null), 0],
  ])("%p", (used, expected) => {
    expect(costNanoUsd(price, used)).toBe(expected);
  });

  test("without a price for cached tokens they cost what the others do", () => {
    expect(costNanoUsd({ ...price, cachedPrompt: null }, tokens(100, 0, 50))).toBe(200_000);
  });

  test("free is free", () => {
    expect(costNanoUsd({ prompt: 0, completion: 0, cachedPrompt: null, basis: "exact" }, tokens(5, 5))).toBe(0);
  });
});
