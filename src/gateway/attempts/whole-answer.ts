import type { Endpoint } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import { isObject, type JsonObject, type Parsed, parsedObject } from "../../lib/json/json.ts";
import type { Codec } from "../../providers/provider.ts";
import type { TokenUsage } from "../../schema/event.ts";
import { choicesOf, FILTERED, textBytes } from "../streams/stream-chunk.ts";
import type { Target } from "../targets/target.ts";
import { estimateUsage, toldUsage, usageIn } from "../usage.ts";
import type { Asked } from "./asked.ts";
import { readAnswer } from "./upstream.ts";

/**
 * A whole answer in OpenAI form. Throws `upstream_invalid_answer` for what is no result, `upstream_cut` for half of one,
 * and what the provider makes of an error behind a 200.
 */
export async function readWhole(read: {
  readonly asked: Asked;
  readonly codec: Codec;
  readonly target: Target;
  readonly response: Response;
  readonly maxBytes: number;
}): Promise<Parsed> {
  const { asked, codec, target, response } = read;
  const source = await readAnswer(response, read.maxBytes).catch(cut);
  const value = parsedObject(source);
  if (value === null) throw invalid("its answer is not a JSON object");
  if (value["error"] !== undefined && value["error"] !== null) throw errorInAnswer(target, response, source);
  // first of all the codec: it knows errors that are no `error` member
  const decoded = codec.decode({ source, value }, asked.parsed, asked.dialect);
  if (!hasResult(asked.endpoint, value)) throw invalid("its answer holds no result");
  return decoded === source ? { source, value } : { source: decoded, value: JSON.parse(decoded) as JsonObject };
}

/** The upstream's usage, else an estimate of what the answer says. */
export function wholeUsage(value: JsonObject, promptBytes: () => number): TokenUsage {
  const bytes = () => choicesOf(value).reduce((sum, choice) => sum + textBytes(choice), 0);
  return toldUsage(usageIn(value)) ?? estimateUsage(promptBytes(), bytes());
}

/** Whether the provider's content filter has ended every choice of an answer. */
export function isFiltered(value: JsonObject): boolean {
  const choices = choicesOf(value);
  return choices.length > 0 && choices.every(({ finish_reason: reason }) => reason === FILTERED);
}

/** A connection that broke is half an answer; what is an error of ours already stays it. */
function cut(thrown: unknown): never {
  if (thrown instanceof GatewayError) throw thrown;
  throw new GatewayError("upstream_cut", "The upstream's connection broke before its answer was complete", {
    cause: thrown,
  });
}

/** An error behind a 200: a whole answer that is one (OpenRouter does this), or an `error` event of a stream. */
export function errorInAnswer(target: Target, response: Response, body: string): GatewayError {
  return target.provider.decodeError({ status: response.status, headers: response.headers, body });
}

/** Where an answer's results stand, and what each of them must hold for a client to read it. */
const RESULTS: Readonly<Record<Endpoint, { readonly list: string; readonly member?: string }>> = {
  chat: { list: "choices", member: "message" },
  fim: { list: "choices", member: "message" },
  completions: { list: "choices" },
  embeddings: { list: "data" },
  moderations: { list: "results" },
};

function hasResult(endpoint: Endpoint, value: JsonObject): boolean {
  const { list, member } = RESULTS[endpoint];
  const results = value[list];
  if (!Array.isArray(results) || results.length === 0) return false;
  return results.every((result) => isObject(result) && (member === undefined || isAnswer(result, member)));
}

/** Azure leaves the message out where its filter has ended the choice; Mistral lists `messages` after tools of its own. */
function isAnswer(result: JsonObject, member: string): boolean {
  return isObject(result[member]) || Array.isArray(result["messages"]) || result["finish_reason"] === FILTERED;
}

/** The error for an answer that cannot be used. */
export function invalid(reason: string): GatewayError {
  return new GatewayError("upstream_invalid_answer", `The upstream's answer could not be used: ${reason}`);
}

/** The same as where an upstream refuses a request for what it says before it begins an answer. */
export function filtered(): GatewayError {
  return new GatewayError("upstream_rejected", "The upstream's content filter ended its answer", {
    upstreamStatus: 200,
    wireCode: FILTERED,
    filtered: true,
  });
}
