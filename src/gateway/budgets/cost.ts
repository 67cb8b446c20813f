import { NANO } from "../../lib/nano.ts";
import { costNanoUsd, listPrice, type Price } from "../../lib/pricing.ts";
import type { AttemptRecord, Cost, TokenUsage } from "../../schema/event.ts";
import type { Target } from "../targets/target.ts";

/** Nobody knows what it cost: no usage, or no price. */
const UNKNOWN_COST: Cost = { usd: null, basis: "unknown" };

/** What a target's tokens cost: as configured, else the list price of that provider's model; null: not known. */
export function priceOf({ config }: Pick<Target, "config">, model: string): Price | null {
  const { pricing } = config;
  if (pricing === undefined) return listPrice(config.provider, model);
  const { prompt, completion, cached_prompt: cachedPrompt = null } = pricing;
  return { prompt, completion, cachedPrompt, basis: "exact" };
}

/**
 * What an attempt cost: `exact` by reported tokens and a configured price, or by what the provider says it charged; else
 * `estimated` by a list price or by tokens we counted; else `unknown`.
 */
export function costOf(target: Target, model: string, usage: TokenUsage): Cost {
  if (usage.basis === "unknown") return UNKNOWN_COST;
  const price = priceOf(target, model);
  if (price?.basis !== "exact" && usage.billed_usd !== undefined) return { usd: usage.billed_usd, basis: "exact" };
  if (price === null) return UNKNOWN_COST;
  const basis = price.basis === "exact" && usage.basis === "exact" ? "exact" : "estimated";
  return { usd: costNanoUsd(price, usage) / NANO, basis };
}

/**
 * What all attempts of a request cost together. `estimated` where the cost of one is, or where one used tokens at an
 * unknown price. An attempt that was refused used no tokens and costs nothing.
 */
export function totalCost(attempts: readonly AttemptRecord[]): Cost {
  let nanoUsd = 0;
  let known = false;
  let estimated = false;
  for (const { cost = UNKNOWN_COST, usage } of attempts) {
    if (cost.usd === null) estimated ||= usage.basis !== "unknown";
    else {
      known = true;
      nanoUsd += Math.round(cost.usd * NANO);
      estimated ||= cost.basis === "estimated";
    }
  }
  return known ? { usd: nanoUsd / NANO, basis: estimated ? "estimated" : "exact" } : UNKNOWN_COST;
}

/** USD as a plain decimal number with up to nine places, for a header: `0.000042`. */
export function usdText(usd: number): string {
  return usd.toFixed(9).replace(/\.?0+$/, "");
}
