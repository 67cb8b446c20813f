import type { Endpoint } from "../../lib/context.ts";
import { isObject, type JsonObject, type Parsed } from "../../lib/json/json.ts";
import type { Dialect } from "../../providers/provider.ts";

/** A request as it goes to targets: after the policies, before any provider's wishes. */
export interface Asked {
  readonly endpoint: Endpoint;
  readonly parsed: Parsed;
  /** The bytes as they came, where nothing has changed since. */
  readonly bytes: Uint8Array | null;
  readonly model: string | null;
  /** Choices a stream will have. */
  readonly choices: number;
  /** The caller asked for a usage chunk. */
  readonly includeUsage: boolean;
  /** The form the caller reads answers in. */
  readonly dialect: Dialect;
}

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
