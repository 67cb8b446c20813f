import { isObject } from "../lib/json.ts";
import { errorInAnswer, saysError } from "./_upstream-errors.ts";
import type { Codec } from "./provider.ts";

/** An answer that needs no translation; one that is an error in truth throws. */
export const decodeText: Codec["decode"] = (answer) => {
  if (saysError(answer.value)) throw errorInAnswer(answer.value);
  return answer.source;
};

/** Chunks that need no translation (`/v1/completions`). One without choices passes only when it brings usage. */
export const textChunks: Codec["decodeStream"] = () => (chunk) => {
  if (saysError(chunk)) throw errorInAnswer(chunk);
  const choices = chunk["choices"];
  if (Array.isArray(choices) && choices.length > 0) return chunk;
  return isObject(chunk["usage"]) ? chunk : null;
};
