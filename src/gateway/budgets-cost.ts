import { costNanoUsd, listPrice, NANO_USD, type Price } from "../lib/pricing.ts";
import type { AttemptRecord, Cost, TokenUsage } from "../schema/event.ts";
import type { Target } from "./target.ts";

/** Nobody knows what it cost: no usage, or no price. */
export const UNKNOWN_COST: Cost = { usd: null, basis: "unknown" };

/** What a target's tokens cost: as configured, else the list price of that provider's model; null: not known. */
export function priceOf({ config }: Target, model: string): Price | null {
  const { pricing } = config;
  if (pricing === undefined) return listPrice(config.provider, model);
  const { prompt, completion, cached_prompt: cachedPrompt = null } = pricing;
  return { prompt, completion, cachedPrompt, basis: "exact" };
}

/** What an attempt cost: `exact` by reported tokens and a configured price, else `estimated`, else `unknown`. */
export function costOf(target: Target, model: string, usage: TokenUsage): Cost {
  if (usage.basis === "unknown") return UNKNOWN_COST;
  const price = priceOf(target, model);
  if (price === null) return UNKNOWN_COST;
  const basis = price.basis === "exact" && usage.basis === "exact" ? "exact" : "estimated";
  return { usd: costNanoUsd(price, usage) / NANO_USD, basis };
}

/** What all attempts of a request cost together; `estimated` where one of them is. */
export function totalCost(attempts: readonly AttemptRecord[]): Cost {
  let nanoUsd = 0;
  let basis: Cost["basis"] = "unknown";
  for (const { cost } of attempts) {
    if (cost === undefined || cost.usd === null) continue;
    nanoUsd += Math.round(cost.usd * NANO_USD);
    basis = basis === "estimated" ? basis : cost.basis;
  }
  return basis === "unknown" ? UNKNOWN_COST : { usd: nanoUsd / NANO_USD, basis };
}
