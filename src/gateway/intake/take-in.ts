import type { Endpoint, RequestContext } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import { answersHoldText } from "../../lib/places/extract.ts";
import type { Writable } from "../../lib/writable.ts";
import type { RequestRecord } from "../record.ts";

/** The record that is filled in from a body, and the names of models to choose from where the body names none. */
export interface TakingIn {
  readonly record: RequestRecord;
  /** Every name a caller may use. */
  readonly names: readonly string[];
  /** Those that this caller may use; null: all of them. */
  readonly allowed: ReadonlySet<string> | null;
}

/** Notes whether the body asks for a stream, and for which model. */
export function takeIn({ value }: Parsed, context: Writable<RequestContext>, to: TakingIn): void {
  const { record, names, allowed } = to;
  const { model } = value;
  context.stream = value["stream"] === true && answersHoldText(context.endpoint);
  record.model = typeof model === "string" ? model : defaultModel(names, context.endpoint, allowed);
}

const MODERATES = /moderation/i;

/**
 * The model of a request that names none. OpenAI's moderations may leave it out, and a chat model cannot stand in for it:
 * there it is the first of `names` that is called one and that is `allowed` (null: all are). Else null, any target's own.
 */
export function defaultModel(
  names: readonly string[],
  endpoint: Endpoint,
  allowed: ReadonlySet<string> | null,
): string | null {
  if (endpoint !== "moderations") return null;
  return names.find((name) => MODERATES.test(name) && allowed?.has(name) !== false) ?? null;
}
