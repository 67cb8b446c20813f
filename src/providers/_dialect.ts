import type { Dialect } from "./provider.ts";

/** `mistral-client-python/2.0`, `mistral-client-typescript/2.7.0` (LangChain's too), `ai-sdk-mistral/4.0.87`. */
const MISTRAL_CLIENT = /(?:^|\s)(?:mistral-client-[a-z]+|ai-sdk[-/]mistral)\//i;

/**
 * The form a caller reads answers in, told by its `user-agent`: OpenAI's unless it is a library of Mistral's. Output
 * policies read OpenAI's form: whoever is to be inspected gets no other.
 */
export function dialectOf(userAgent: string | null, isInspected: boolean): Dialect {
  if (userAgent === null || !MISTRAL_CLIENT.test(userAgent)) return "openai";
  return isInspected ? "mistral-plain" : "mistral";
}
