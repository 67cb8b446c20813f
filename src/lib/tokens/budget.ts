import type { Endpoint } from "../context.ts";
import type { JsonObject } from "../json/json.ts";
import type { Template } from "./family.ts";
import type { Prompt } from "./prompt.ts";

/** What an image, a sound or a file in a prompt costs where nothing else is configured: about one large image. */
export const MEDIA_TOKENS = 1_600;

/** Above so many bytes of text for every token of the limit a request is refused unread: prose has 4 to 6. */
export const MOST_BYTES_PER_TOKEN = 64;

/** Tokens kept for the answer of a request that does not say how long it may be: 1,024, or an eighth of a small limit. */
export function defaultReserve(limit: number): number {
  return Math.min(1_024, Math.floor(limit / 8));
}

/**
 * Tokens a request may use for its answer: `max_completion_tokens`, else `max_tokens`, else `fallback`. One choice's
 * worth, however many it asks for; 0 where an endpoint writes nothing.
 */
export function reserveOf(endpoint: Endpoint, value: JsonObject, fallback: number): number {
  if (endpoint === "embeddings" || endpoint === "moderations") return 0;
  for (const key of ["max_completion_tokens", "max_tokens"]) {
    const asked = value[key];
    if (typeof asked === "number" && asked >= 0) return Math.ceil(asked);
  }
  return fallback;
}

/** Bytes of the texts of a prompt: an upper bound for their tokens in any byte-level vocabulary. */
export function textBytes(texts: readonly string[]): number {
  let bytes = 0;
  for (const text of texts) bytes += Buffer.byteLength(text);
  return bytes;
}

/** An upper bound for what is around the texts: 8 tokens a message and a call, 16 a prompt. */
export function frameBound(prompt: Prompt): number {
  return 8 * (prompt.messages + prompt.calls) + 16 + prompt.given;
}

/** What was counted of a prompt: tokens of its texts, whether tools are among them, whether to add the margin. */
export interface Counted {
  readonly texts: number;
  readonly tools: boolean;
  readonly margin: boolean;
}

/** Tokens of a prompt by its family's template; without the margin the likeliest number, with it one to be safe. */
export function promptTokens(prompt: Prompt, template: Template, { texts, tools, margin }: Counted): number {
  const frame = template.perPrompt + template.perMessage * prompt.messages + template.perCall * prompt.calls;
  const tokens = texts * template.scale + frame + (tools ? template.aroundTools : 0) + prompt.given;
  return Math.ceil(tokens + (margin ? template.margin(tokens) : 0));
}
