import type { Endpoint } from "../context.ts";
import { GatewayError } from "../errors.ts";
import type { ContextAnswer } from "./context-guard.ts";

const FIELDS = {
  chat: "messages",
  completions: "prompt",
  fim: "prompt",
  embeddings: "input",
  moderations: "input",
} as const satisfies Record<Endpoint, string>;

/**
 * The error for a request that fits none of the targets that were asked: it names the largest of their limits. Its
 * wording is OpenAI's, because clients look for "maximum context length" in it. Takes at least one answer.
 */
export function contextLengthError(endpoint: Endpoint, answers: readonly ContextAnswer[]): GatewayError {
  const { limit, estimate, prompt, reserve, method } = answers.reduce((a, b) => (b.limit > a.limit ? b : a));
  const field = FIELDS[endpoint];
  const message =
    `This model's maximum context length is ${limit} tokens, but this request needs about ${estimate} ` +
    `(${prompt} in the ${field}, ${reserve} kept for the completion; counted by ${method}). ` +
    `Shorten the ${field}${reserve > 0 ? " or lower max_tokens" : ""}.`;
  return new GatewayError("context_length_exceeded", message, { param: field, extra: { estimate, limit, method } });
}
