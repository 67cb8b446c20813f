import { asList, isObject, type JsonObject, type Parsed } from "../lib/json/json.ts";
import { MEDIA_TOKENS } from "../lib/tokens/budget.ts";
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
 * UTF-8 bytes of prose per token: the median over recorded prose (single texts lie between 64 % below and 34 % above), in
 * other scripts between three and six. Characters would count Chinese or Japanese at a third of their tokens.
 * Only used where an upstream gives no usage, and marked `estimated`.
 */
const BYTES_PER_TOKEN = 4;

/** What an image, a sound or a file counts as at most, however long its base64 is. */
const MEDIA_BYTES = MEDIA_TOKENS * BYTES_PER_TOKEN;

/** The length of a request for {@link estimateUsage}: its source in UTF-8 bytes, media by what they cost. */
export function promptBytes({ source, value }: Pick<Parsed, "source" | "value">): number {
  let bytes = Buffer.byteLength(source);
  // too short to hold media that cost less than their text
  if (bytes <= MEDIA_BYTES) return bytes;
  const { messages, input } = value;
  for (const message of asList(messages)) {
    if (isObject(message)) bytes -= beyondCost(message["content"]);
  }
  return bytes - beyondCost(input);
}

/** Where texts stand in a part; whatever else is long is a medium. */
const TEXTS: ReadonlySet<string> = new Set(["text", "thinking", "refusal", "content"]);

/** How much longer the media among parts are than what they cost. */
function beyondCost(parts: unknown): number {
  let beyond = 0;
  for (const part of asList(parts)) {
    if (!isObject(part)) continue;
    // {type: image_url, image_url: {url}}, or the URL itself
    for (const [key, media] of Object.entries(part)) {
      if (TEXTS.has(key)) continue;
      for (const text of isObject(media) ? Object.values(media) : [media]) {
        if (typeof text === "string") beyond += Math.max(0, text.length - MEDIA_BYTES);
      }
    }
  }
  return beyond;
}

/** The usage block of a body or chunk: at the top, or where Groq puts it. */
export function usageIn(body: JsonObject): JsonObject | null {
  if (isObject(body["usage"])) return body["usage"];
  const groq = body["x_groq"];
  return isObject(groq) && isObject(groq["usage"]) ? groq["usage"] : null;
}

/**
 * What an upstream's usage block says, in the ledger's words: `cached_tokens` are part of `prompt_tokens`, and
 * `reasoning_tokens` of `completion_tokens`, wherever the upstream counts them. Where `total_tokens` is more than the
 * two, the rest is the sound of the prompt (Mistral counts it apart, in `prompt_tokens_details.audio_tokens`), else
 * thinking, which is paid as output (Gemini's OpenAI form does not even name it). OpenRouter says what it charged.
 */
export function readUsage(usage: JsonObject): TokenUsage {
  const prompt = count(usage["prompt_tokens"]);
  const total = count(usage["total_tokens"]);
  // embeddings have none, which only their total says
  const rest = prompt !== null && total !== null ? Math.max(0, total - prompt) : null;
  const completion = count(usage["completion_tokens"]) ?? rest;
  const reasoning = detail(usage["completion_tokens_details"], "reasoning_tokens");
  const apart = Math.max(0, (total ?? 0) - (prompt ?? 0) - (completion ?? 0));
  const sound = Math.min(apart, detail(usage["prompt_tokens_details"], "audio_tokens") ?? 0);
  const counted = prompt !== null && completion !== null;
  const thought = counted ? apart - sound : 0;
  const cached = cachedTokens(usage);
  const billed = billedUsd(usage);
  return {
    prompt_tokens: counted ? prompt + sound : prompt,
    completion_tokens: counted ? completion + thought : completion,
    cached_tokens: cached === null || prompt === null ? cached : Math.min(cached, prompt),
    reasoning_tokens: thought > 0 ? Math.max(reasoning ?? 0, thought) : reasoning,
    // no counts are no usage: `exact` would say that nothing was used
    basis: prompt === null && completion === null ? "unknown" : "exact",
    ...(billed === null ? {} : { billed_usd: billed }),
  };
}

/** What a usage block says; null where there is none, or one without counts. */
export function toldUsage(block: JsonObject | null): TokenUsage | null {
  const usage = block === null ? UNKNOWN_USAGE : readUsage(block);
  return usage.basis === "unknown" ? null : usage;
}

/** OpenAI's place for it, Mistral's older one, and DeepSeek's. */
function cachedTokens(usage: JsonObject): number | null {
  return (
    detail(usage["prompt_tokens_details"], "cached_tokens") ??
    count(usage["num_cached_tokens"]) ??
    count(usage["prompt_cache_hit_tokens"])
  );
}

/** What OpenRouter charged, in USD; null where somebody else's key was used, for that is billed elsewhere. */
function billedUsd(usage: JsonObject): number | null {
  const cost = count(usage["cost"]);
  return cost === null || usage["is_byok"] === true ? null : cost;
}

/** An estimate from the lengths of what went in and came out (UTF-8 bytes); marked as such. */
export function estimateUsage(promptBytes: number, answerBytes: number): TokenUsage {
  return {
    ...UNKNOWN_USAGE,
    prompt_tokens: Math.ceil(promptBytes / BYTES_PER_TOKEN),
    completion_tokens: Math.ceil(answerBytes / BYTES_PER_TOKEN),
    basis: "estimated",
  };
}

/** What an answer used together with one that was asked for before it; null: there was none. */
export function addUsage(before: TokenUsage | null, own: TokenUsage): TokenUsage {
  if (before === null) return own;
  const sum = (a: number | null, b: number | null) => (a === null ? b : a + (b ?? 0));
  const billed = sum(before.billed_usd ?? null, own.billed_usd ?? null);
  return {
    prompt_tokens: sum(before.prompt_tokens, own.prompt_tokens),
    completion_tokens: sum(before.completion_tokens, own.completion_tokens),
    cached_tokens: sum(before.cached_tokens, own.cached_tokens),
    reasoning_tokens: sum(before.reasoning_tokens, own.reasoning_tokens),
    basis: before.basis === own.basis ? own.basis : "estimated",
    ...(billed === null ? {} : { billed_usd: billed }),
  };
}

/** What an attempt used that was broken off without an answer: its prompt was read; what was written nobody knows. */
export function estimatePrompt(promptBytes: number): TokenUsage {
  return { ...estimateUsage(promptBytes, 0), completion_tokens: null };
}

/** Estimated usage as a usage block, for a caller who asked for one; says that it is an estimate. */
export function usageBlock({ prompt_tokens, completion_tokens }: TokenUsage): JsonObject {
  const total = (prompt_tokens ?? 0) + (completion_tokens ?? 0);
  return { prompt_tokens, completion_tokens, total_tokens: total, estimated: true };
}

/** More tokens, or dollars, than any one answer took: sums that such a number went into would never be right again. */
const ABSURD = 1_000_000_000;

function count(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value < ABSURD ? value : null;
}

function detail(details: unknown, key: string): number | null {
  return isObject(details) ? count(details[key]) : null;
}
