import type { ErrorFacts } from "./body.ts";

const CONTEXT_CODES = new Set([
  "context_length_exceeded",
  "too_many_tokens",
  "context_window_exceeded",
  "tokens_limit_reached",
  "1261",
]);

/**
 * Wordings of "the prompt does not fit": OpenAI and vLLM (maximum context length), Mistral (too large for model with …
 * maximum context length), Ollama and Anthropic (prompt too long), Gemini (input token count … exceeds), Bedrock (Input
 * Tokens Exceeded), Cohere (too many tokens), llama.cpp (exceeds the available context size), TGI (`inputs` tokens +
 * `max_new_tokens` must be <=), Groq (reduce the length of the messages), vLLM (longer than the maximum model length),
 * Zhipu (prompt exceeds max length), Moonshot (model token limit), Qwen (range of input length), GitHub (body too large
 * … tokens).
 */
const CONTEXT_WORDS = [
  /context[_ -]?(?:length|window|size|limit)/i,
  /\bprompt (?:is )?too (?:long|large)\b/i,
  /\b(?:input|prompt)[_ ]?tokens?\b.{0,80}\b(?:exceed|too (?:many|long|large))/i,
  /\binput (?:is |length )?(?:too long|exceeds)\b/i,
  /\binput token count\b.{0,80}\bexceed/i,
  /\btoo many (?:input |prompt )?tokens\b(?!.{0,60}\b(?:batch|minute|day))/i,
  /\breduce the length of (?:the|your|either)\b/i,
  /`?inputs`? tokens \+ `?max_new_tokens`? must be/i,
  /\bmaximum (?:prompt|input|sequence|model) length\b/i,
  /\b(?:prompt|input)\b(?! (?:image|audio|video|file|text|array|item|field)s?\b)[^.]{0,60}\b(?:exceeds?|longer than|more than)\b[^.]{0,40}\b(?:length|tokens?|limit|max(?:imum)?|model)\b/i,
  /(?<!\b(?:output|completion) )\btokens?\b[^.]{0,40}\b(?:exceeds?|exceeded|longer than|limit is)\b(?=.*\d{3})(?!.{0,60}\bper\b)/i,
  /\b(?:body|request|input|messages?|conversation)\b[^.]{0,30}\btoo (?:large|long)\b.{0,60}\btokens?\b(?! per\b)/i,
  /\bmodel token limit\b/i,
  /\bmust have less than \d+ tokens\b/i,
  /\brange of input length\b/i,
];

/** Whether the upstream says that prompt and completion do not fit its model. */
export function isContextOverflow(facts: ErrorFacts): boolean {
  if (CONTEXT_CODES.has((facts.code ?? "").toLowerCase()) || CONTEXT_CODES.has((facts.type ?? "").toLowerCase()))
    return true;
  return CONTEXT_WORDS.some((words) => words.test(facts.message ?? ""));
}

const KEY_CODES = new Set(["invalid_api_key", "api_key_invalid", "authentication_error", "unauthorized"]);

/** Not "invalid token" alone: a `logit_bias` has tokens, too. */
const KEY_WORDS =
  /\b(?:incorrect|invalid|missing|expired|unknown) (?:api[ -]?(?:key|token)|access token)\b|\bapi[ -]?(?:key|token) (?:is |has |was )?(?:not valid|invalid|missing|expired|not found|revoked)\b|\bauthori[sz]ation header\b|\bauthentication (?:error|failed|fails)\b/i;

/** Whether a 400 is about our key after all (xAI, Gemini, Cloudflare). */
export function isKeyTrouble({ code, type, message }: ErrorFacts): boolean {
  if (KEY_CODES.has((code ?? "").toLowerCase()) || KEY_CODES.has((type ?? "").toLowerCase())) return true;
  return KEY_WORDS.test((message ?? "").slice(0, 200));
}

/** Alibaba's account in arrears is a 400 with words that name no money. */
const QUOTA_CODES = new Set(["insufficient_quota", "billing_hard_limit_reached", "insufficient_balance", "Arrearage"]);

/** Anthropic refuses who has no money left with a 400; so do others, each in its own words. */
const QUOTA_WORDS =
  /\b(?:credit|account) balance\b|\binsufficient (?:account )?(?:balance|credits?|funds)\b|\bexceeded your current quota\b|\b(?:out of|no) credits\b|\baccount is not active\b/i;

/** Whether a refusal that is no 429 is about our allowance all the same: money, or a quota. */
export function saysQuota(facts: ErrorFacts): boolean {
  return hasQuotaCode(facts) || QUOTA_WORDS.test((facts.message ?? "").slice(0, 200));
}

function hasQuotaCode({ code, type }: ErrorFacts): boolean {
  return QUOTA_CODES.has(code ?? "") || QUOTA_CODES.has(type ?? "");
}

/** Whether a 429 means that the allowance is used up, or that there is none: waiting does not mend it. */
export function isQuotaExhausted(facts: ErrorFacts, headers: Headers): boolean {
  // not by its words: Gemini's are the same for a quota of a minute
  if (hasQuotaCode(facts)) return true;
  const limit = headers.get("x-ratelimit-limit-req-minute");
  return limit !== null && Number.parseFloat(limit) === 0;
}

/** Whether a 402 says that our account has no money left. */
export function isUnpaid(facts: ErrorFacts): boolean {
  const said = `${facts.code ?? ""} ${facts.type ?? ""} ${facts.message ?? ""}`;
  return /insufficient|balance|credit|quota|billing|payment/i.test(said);
}

const FILTER_CODES = new Set([
  "content_filter",
  "content_policy_violation",
  "moderation_blocked",
  "responsibleaipolicyviolation",
  "data_inspection_failed",
  "datainspectionfailed",
  "1301",
]);

/** An account that was flagged, or a request that a firewall blocked, is none: what was said must be at fault. */
const FILTER_WORDS = [
  // DeepSeek
  /\bcontent exists risk\b/i,
  // Azure, Anthropic
  /\bcontent (?:management|filter(?:ing)?|moderation) policy\b/i,
  // OpenRouter, OpenAI, xAI
  /\b(?:input|prompt|content|output|message)s?\b[^.]{0,40}\b(?:was|were|is|are|been) (?:flagged|filtered)\b/i,
  /\b(?:input|prompt|content|output|message)s?\b[^.]{0,60}\bviolat\w{1,10}[^.]{0,40}\b(?:polic(?:y|ies)|guidelines)\b/i,
  // Alibaba
  /\bmay contain inappropriate content\b/i,
];

/** Whether the provider's own content filter refused what the request says. */
export function isContentRefusal(facts: ErrorFacts): boolean {
  if (FILTER_CODES.has((facts.code ?? "").toLowerCase()) || FILTER_CODES.has((facts.type ?? "").toLowerCase()))
    return true;
  const said = (facts.message ?? "").slice(0, 300);
  return FILTER_WORDS.some((words) => words.test(said));
}
