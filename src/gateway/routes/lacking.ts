import { needs } from "../../lib/capability.ts";
import { GatewayError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import type { Needing } from "../targets/lacks.ts";
import { type Target, upstreamModel } from "../targets/target.ts";

/** What a target is known to lack for a request; null: nothing. */
export function lackOf(target: Target, request: Needing): string | null {
  if (!target.live.lacks.any) return null;
  return target.live.lacks.of(upstreamModel(target, request.model), request);
}

/**
 * Reads what a refusal says of the target. A capability it names is remembered as missing where the request needs it,
 * and ignored where it does not, because a message may quote anything. Where the refusal says so in the request's own
 * words it is not remembered either, else one caller could take a target from the others.
 */
export function withLack(error: GatewayError, target: Target, request: Needing): GatewayError {
  const { lacks, lacksSaid } = error.details;
  if (lacks === undefined) return error;
  if (!needs(lacks, request.endpoint, request.value)) {
    // every service has chat completions: where they are not found it is our address that is wrong
    const elsewhere = lacks === "endpoint" ? true : error.details.elsewhere;
    return new GatewayError(error.code, error.message, { ...error.details, lacks: undefined, elsewhere });
  }
  if (lacksSaid !== undefined && isCallers(lacksSaid, request.value)) return error;
  const { endpoint, nowMs } = request;
  target.live.lacks.note(lacks, { endpoint, nowMs, model: upstreamModel(target, request.model) });
  return error;
}

/** Whether those words stand somewhere in the request, names of fields included. */
function isCallers(words: string, value: JsonObject): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[\\"]/g, "");
  return plain(JSON.stringify(value)).includes(plain(words));
}
