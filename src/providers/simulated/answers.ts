import { asText, isObject, type JsonObject } from "../../lib/json/json.ts";
import { floatsToBase64 } from "../_embeddings-answer.ts";
import { type Plan, type PlannedChoice, promptsOf } from "./chat.ts";
import { countTokens } from "./text.ts";

/** What all forms of one answer share. */
export interface Envelope {
  readonly id: string;
  readonly created: number;
  /** `simulated/<model>`: every answer says what it is. */
  readonly model: string;
}

/** Vector length where the request names none. */
const DIMENSIONS = 256;
const MAX_DIMENSIONS = 8192;

/** The `usage` block of a plan. */
export function usageOf({ promptTokens, completionTokens }: Plan): JsonObject {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

/** A whole chat answer (FIM answers have the same form). */
export function chatAnswer(plan: Plan, envelope: Envelope): JsonObject {
  const choices = plan.choices.map((choice) => ({
    index: choice.index,
    message: messageOf(choice),
    logprobs: null,
    finish_reason: choice.finishReason,
  }));
  return { ...envelope, object: "chat.completion", choices, usage: usageOf(plan) };
}

function messageOf({ tokens, call }: PlannedChoice): JsonObject {
  if (call === null) return { role: "assistant", content: tokens.join(""), refusal: null };
  const fn = { name: call.name, arguments: call.arguments };
  return {
    role: "assistant",
    content: null,
    refusal: null,
    tool_calls: [{ id: call.id, type: "function", function: fn }],
  };
}

/** A whole `/v1/completions` answer. */
export function completionAnswer(plan: Plan, envelope: Envelope): JsonObject {
  const choices = plan.choices.map(({ index, tokens, finishReason }) => ({
    index,
    text: tokens.join(""),
    logprobs: null,
    finish_reason: finishReason,
  }));
  return { ...envelope, object: "text_completion", choices, usage: usageOf(plan) };
}

/**
 * Embeddings: unit vectors by feature hashing of the words (Weinberger et al. 2009), so that texts which share words lie
 * near each other and the same text always has the same vector.
 */
export function embeddingsAnswer(body: JsonObject, { id, model }: Envelope): JsonObject {
  const inputs = promptsOf(body["input"]);
  const wished = body["dimensions"] ?? body["output_dimension"];
  const length = typeof wished === "number" ? Math.min(MAX_DIMENSIONS, Math.max(1, Math.trunc(wished))) : DIMENSIONS;
  const data = inputs.map((input, index) => {
    const vector = vectorOf(input, length);
    const embedding = body["encoding_format"] === "base64" ? floatsToBase64(vector) : vector;
    return { object: "embedding", index, embedding };
  });
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  return { id, object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function vectorOf(text: string, length: number): number[] {
  const vector = new Array<number>(length).fill(0);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text];
  for (const word of words) {
    const hash = Number(BigInt(Bun.hash(word)) & 0xffffffffn);
    vector[(hash >>> 1) % length]! += (hash & 1) === 0 ? 1 : -1;
  }
  // words that cancel each other would leave no direction at all
  if (!vector.some((value) => value !== 0)) vector[0] = 1;
  const norm = Math.hypot(...vector);
  return vector.map((value) => Math.fround(value / norm));
}

/** Words that a simulated moderation reacts to, so that both outcomes can be tried. It judges nothing. */
const CATEGORIES = {
  violence: /\b(?:kill|murder|attack|shoot)\w*/i,
  hate: /\b(?:hate|despise)\w*/i,
  "self-harm": /\b(?:suicide|self-harm)\b/i,
  sexual: /\b(?:porn|nude)\w*/i,
};

/** A moderation answer in OpenAI's form. */
export function moderationsAnswer(body: JsonObject, { id, model }: Envelope): JsonObject {
  const { input } = body;
  const parts = Array.isArray(input) && input.some(isObject);
  const texts = parts
    ? [input.map((part) => asText(isObject(part) ? (part["text"] ?? "") : part)).join("\n")]
    : promptsOf(input);
  const results = texts.map((text) => {
    const categories = Object.fromEntries(Object.entries(CATEGORIES).map(([name, words]) => [name, words.test(text)]));
    const scores = Object.fromEntries(Object.entries(categories).map(([name, found]) => [name, found ? 0.9 : 0.01]));
    return { flagged: Object.values(categories).includes(true), categories, category_scores: scores };
  });
  return { id, model, results };
}
