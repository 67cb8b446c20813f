import list from "../../config/prices.json" with { type: "json" };
import type { Basis, TokenUsage } from "../schema/event.ts";

/** What a model's tokens cost, in USD per 1,000,000 tokens. */
export interface Price {
  readonly prompt: number;
  readonly completion: number;
  /** Price of prompt tokens read from the provider's cache; null where they cost what the others do. */
  readonly cachedPrompt: number | null;
  /** `exact` where the operator configured it, `estimated` where it is a list price. */
  readonly basis: Exclude<Basis, "unknown">;
}

/** One day's list prices, the day named; for people who want to know how old an estimate is. */
export const PRICES_AS_OF: string = list.as_of;

/** Where the list prices were read. */
export const PRICES_SOURCE: string = list.source;

interface ListRow {
  readonly prompt: number;
  readonly completion: number;
  readonly cached_prompt?: number;
}

const providers: Readonly<Record<string, Readonly<Record<string, ListRow>>>> = list.providers;

/** A snapshot of a model, by the day OpenAI names it after (`gpt-5-2025-08-07`) or Mistral's month (`pixtral-12b-2409`). */
const SNAPSHOT = /-(?:20\d{2}-\d{2}-\d{2}|2[3-9](?:0[1-9]|1[0-2]))$/;

/**
 * The dated list price of a provider's model (source: `config/prices.json`), or null where it is not listed; never 0.
 * Listed are also providers that are reached by their OpenAI form under a name of one's own (`provider: scaleway`). A
 * snapshot that is not listed itself has the price of its model.
 */
export function listPrice(provider: string, model: string): Price | null {
  if (!Object.hasOwn(providers, provider)) return null;
  const models = providers[provider]!;
  return listed(models, model) ?? listed(models, model.replace(SNAPSHOT, ""));
}

function listed(models: Readonly<Record<string, ListRow>>, model: string): Price | null {
  if (!Object.hasOwn(models, model)) return null;
  const { prompt, completion, cached_prompt } = models[model]!;
  return { prompt, completion, cachedPrompt: cached_prompt ?? null, basis: "estimated" };
}

/** Tokens to be paid for; null counts as none. */
export type PaidTokens = Pick<TokenUsage, "prompt_tokens" | "completion_tokens" | "cached_tokens">;

/** What so many tokens cost, in whole billionths of a dollar. */
export function costNanoUsd(price: Price, tokens: PaidTokens): number {
  const prompt = tokens.prompt_tokens ?? 0;
  const cached = price.cachedPrompt === null ? 0 : Math.min(tokens.cached_tokens ?? 0, prompt);
  const usd =
    (prompt - cached) * price.prompt +
    cached * (price.cachedPrompt ?? 0) +
    (tokens.completion_tokens ?? 0) * price.completion;
  // USD per million tokens times tokens are millionths of a dollar
  return Math.round(usd * 1000);
}
