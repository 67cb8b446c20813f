import type { Endpoint } from "../../lib/context.ts";
import { isObject, type JsonObject, type Parsed } from "../../lib/json/json.ts";
import type { Asked } from "./exchange.ts";

/** A request as attempts see it: what of the body they need to know, and what the gateway knows besides. */
export function askedOf(endpoint: Endpoint, parsed: Parsed, rest: Pick<Asked, "bytes" | "model" | "dialect">): Asked {
  const { value } = parsed;
  const options = value["stream_options"];
  return {
    endpoint,
    parsed,
    ...rest,
    choices: choicesAsked(endpoint, value),
    includeUsage: isObject(options) && options["include_usage"] === true,
  };
}

/** `n`, times the number of prompts where a list of them was sent (legacy completions). */
function choicesAsked(endpoint: Endpoint, value: JsonObject): number {
  const n = typeof value["n"] === "number" ? value["n"] : 1;
  if (endpoint !== "completions") return n;
  const prompt = value["prompt"];
  const many = Array.isArray(prompt) && typeof prompt[0] !== "number";
  return many ? n * Math.max(1, prompt.length) : n;
}
