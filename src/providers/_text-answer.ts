import { isObject } from "../lib/json/json.ts";
import { throwIfFailed } from "./_chat-answer.ts";
import type { Codec } from "./provider.ts";

/** An answer that needs no translation; one that is an error in truth throws. */
export const decodeText: Codec["decode"] = (answer) => {
  throwIfFailed(answer.value);
  return answer.source;
};

/** Chunks that need no translation (`/v1/completions`). One without choices passes only when it brings usage. */
export const textChunks: Codec["decodeStream"] = () => (chunk) => {
  throwIfFailed(chunk);
  const choices = chunk["choices"];
  if (Array.isArray(choices) && choices.length > 0) return chunk;
  return isObject(chunk["usage"]) ? chunk : null;
};
