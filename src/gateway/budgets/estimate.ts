import type { Endpoint } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import { NANO } from "../../lib/nano.ts";
import { costNanoUsd } from "../../lib/pricing.ts";
import { frameBound, MEDIA_TOKENS, reserveOf } from "../../lib/tokens/budget.ts";
import { estimateTokens } from "../../lib/tokens/estimate.ts";
import { promptsOf, toolTexts } from "../../lib/tokens/prompt.ts";
import type { AttemptRecord } from "../../schema/event.ts";
import { type Target, upstreamModel } from "../targets/target.ts";
import { priceOf } from "./cost.ts";

/** Tokens that an answer is taken to have at most where the request sets no maximum; what it really has is settled. */
const ASSUMED_ANSWER_TOKENS = 1_024;

/** The most a request may use, in tokens, guessed upwards. */
export interface Estimate {
  readonly prompt: number;
  /** As the request allows, `max_tokens` times its choices; {@link ASSUMED_ANSWER_TOKENS} each where it does not say. */
  readonly completion: number;
  /** The same, and 0 where it does not say. */
  readonly completionAsked: number;
}

/** Weighs a request by its texts: one pass over them, no tokenizer. */
export function estimateOf(endpoint: Endpoint, parsed: Parsed): Estimate {
  const { value } = parsed;
  const prompts = promptsOf(endpoint, parsed);
  const tools = endpoint === "chat" ? sumOf(toolTexts(parsed, "other")) : 0;
  let prompt = 0;
  for (const each of prompts) prompt += sumOf(each.texts) + tools + frameBound(each) + each.media * MEDIA_TOKENS;
  const choices = Math.max(1, number(value["n"]), number(value["best_of"])) * Math.max(1, prompts.length);
  return {
    prompt,
    completion: reserveOf(endpoint, value, ASSUMED_ANSWER_TOKENS) * choices,
    completionAsked: reserveOf(endpoint, value, 0) * choices,
  };
}

function sumOf(texts: readonly string[]): number {
  let tokens = 0;
  for (const text of texts) tokens += estimateTokens(text);
  return tokens;
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** The most the request may cost at a target, in billionths of a dollar; null where its price is not known. */
export function upperCost(target: Target, asked: string | null, { prompt, completion }: Estimate): number | null {
  const price = priceOf(target, upstreamModel(target, asked));
  if (price === null) return null;
  return costNanoUsd(price, { prompt_tokens: prompt, completion_tokens: completion, cached_tokens: 0 });
}

/** Outcomes of attempts that a provider may have worked on, and so bill, without saying how much it was. */
export const MAYBE_BILLED: ReadonlySet<string> = new Set([
  "cancelled",
  "hedged_out",
  "upstream_timeout",
  "upstream_cut",
  "upstream_invalid_answer",
]);

/** What one attempt used, for a meter and an account. */
export interface Used {
  readonly tokens: number;
  readonly nanoUsd: number;
}

/**
 * What one attempt is booked with: its usage and cost where they are known. Where they are not: the whole estimate for
 * an answer, the prompt's part of it for an attempt that was broken off, nothing for one that was refused.
 */
export function usedBy({ record, target }: { record: AttemptRecord; target: Target }, estimate: Estimate): Used {
  const counted = tokensOf(record, estimate);
  const tokens = (counted.prompt_tokens ?? 0) + (counted.completion_tokens ?? 0);
  // what the ledger says it cost, which may be what the provider charged
  const { cost } = record;
  if (isCounted(record)) return { tokens, nanoUsd: Math.round((cost?.usd ?? 0) * NANO) };
  const price = priceOf(target, record.model);
  return { tokens, nanoUsd: price === null ? 0 : costNanoUsd(price, counted) };
}

/** Whether the ledger says what it used: then budgets say the same, so that they add up to what the ledger does. */
function isCounted({ usage }: AttemptRecord): boolean {
  return usage.basis !== "unknown";
}

const NOTHING = { prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0 };

function tokensOf(record: AttemptRecord, { prompt, completion }: Estimate) {
  const { usage, outcome } = record;
  if (isCounted(record)) return usage;
  if (outcome === "ok") return { ...NOTHING, prompt_tokens: prompt, completion_tokens: completion };
  return MAYBE_BILLED.has(outcome) ? { ...NOTHING, prompt_tokens: prompt } : NOTHING;
}
