import { isObject, type JsonObject } from "../lib/json/json.ts";
import type { Dialect } from "./provider.ts";

/** `mistral-client-python/2.0`, `mistral-client-typescript/2.7.0` (LangChain's too), `ai-sdk-mistral/4.0.87`. */
const MISTRAL_CLIENT = /(?:^|\s)(?:mistral-client-[a-z]+|ai-sdk[-/]mistral)\//i;

/** What the AI SDK says of itself in place of its provider where it asks for a whole answer: `ai/7.0.173`. */
const AI_SDK = /^ai\/\d/;

/**
 * The form a caller reads answers in, told by its `user-agent`: OpenAI's unless it is a library of Mistral's. Of the AI
 * SDK's providers Mistral's alone sends a user's single text as a part. Output policies read OpenAI's form: whoever is to
 * be inspected gets no other.
 */
export function dialectOf(userAgent: string | null, isInspected: boolean, request: JsonObject = {}): Dialect {
  if (userAgent === null) return "openai";
  const isMistral = MISTRAL_CLIENT.test(userAgent) || (AI_SDK.test(userAgent) && sendsSingleParts(request));
  if (!isMistral) return "openai";
  return isInspected ? "mistral-plain" : "mistral";
}

function sendsSingleParts({ messages }: JsonObject): boolean {
  return Array.isArray(messages) && messages.some(isSinglePart);
}

function isSinglePart(message: unknown): boolean {
  if (!isObject(message) || message["role"] !== "user" || !Array.isArray(message["content"])) return false;
  const [part, ...others]: unknown[] = message["content"];
  // OpenAI's provider does so too where it has a mark to set on the part
  return others.length === 0 && isObject(part) && part["type"] === "text" && Object.keys(part).length === 2;
}
