import { isObject, type JsonObject } from "../lib/json.ts";
import type { TokenUsage } from "../schema/event.ts";

/** Nobody said, and nothing was delivered that could be counted. */
export const UNKNOWN_USAGE: TokenUsage = {
  prompt_tokens: null,
  completion_tokens: null,
  cached_tokens: null,
  reasoning_tokens: null,
  basis: "unknown",
};

/**
 * UTF-16 units of prose per token: the median over recorded prose (`wire.md` section 8 measured 4 bytes per token, with
 * errors from -64 % to +34 %). Only used where an upstream gives no usage, and marked `estimated`.
 */
const UNITS_PER_TOKEN = 4;

/** The usage block of a body or chunk: at the top, or where Groq puts it. */
export function usageIn(body: JsonObject): JsonObject | null {
  if (isObject(body["usage"])) return body["usage"];
  const groq = body["x_groq"];
  return isObject(groq) && isObject(groq["usage"]) ? groq["usage"] : null;
}

/** What an upstream's usage block says, in the ledger's words. */
export function readUsage(usage: JsonObject): TokenUsage {
  return {
    prompt_tokens: count(usage["prompt_tokens"]),
    completion_tokens: count(usage["completion_tokens"]),
    cached_tokens: detail(usage["prompt_tokens_details"], "cached_tokens"),
    reasoning_tokens: detail(usage["completion_tokens_details"], "reasoning_tokens"),
    basis: "exact",
  };
}

/** An estimate from the lengths of what went in and came out (UTF-16 units); marked as such. */
export function estimateUsage(promptUnits: number, answerUnits: number): TokenUsage {
  return {
    ...UNKNOWN_USAGE,
    prompt_tokens: Math.ceil(promptUnits / UNITS_PER_TOKEN),
    completion_tokens: Math.ceil(answerUnits / UNITS_PER_TOKEN),
    basis: "estimated",
  };
}

/** {@link estimateUsage} as a usage block for a caller who asked for one; says that it is an estimate. */
export function estimatedUsageBlock(promptUnits: number, answerUnits: number): JsonObject {
  return usageBlock(estimateUsage(promptUnits, answerUnits));
}

/** Estimated usage as a usage block; says that it is an estimate. */
export function usageBlock({ prompt_tokens, completion_tokens }: TokenUsage): JsonObject {
  const total = (prompt_tokens ?? 0) + (completion_tokens ?? 0);
  return { prompt_tokens, completion_tokens, total_tokens: total, estimated: true };
}

function count(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function detail(details: unknown, key: string): number | null {
  return isObject(details) ? count(details[key]) : null;
}
