import { applyEdits } from "../lib/edits.ts";
import type { JsonObject } from "../lib/json.ts";
import { MemberEditor } from "../lib/member-edits.ts";
import type { RequestRecord } from "./record.ts";

/** The members of an answer that are ours: what an upstream says under these names never reaches a client beside them. */
export const RIDERS = ["vetted", "vetted_error", "routing_trace"] as const;

/** What rides on the answer of a request, as far as is known now; null: nothing. */
export function ridersOf(record: RequestRecord): JsonObject | null {
  const trace = record.routing?.isShownFor(record.target) === true ? record.trace() : null;
  return trace === null ? null : { routing_trace: trace };
}

/**
 * The JSON text of an answer or a chunk with these members at its end; what stood under their names, and under any of
 * {@link RIDERS}, is taken out: an upstream's receipt is not ours.
 */
export function withRiders(json: string, riders: JsonObject): string {
  const added = JSON.stringify(riders);
  if (added === "{}") return json;
  const clean = RIDERS.some((name) => json.includes(name)) ? without(json) : json;
  const end = clean.lastIndexOf("}");
  const head = clean.slice(0, end).trimEnd();
  return `${head}${head.endsWith("{") ? "" : ","}${added.slice(1, -1)}${clean.slice(end)}`;
}

function without(json: string): string {
  const editor = new MemberEditor(json);
  for (const name of RIDERS) editor.remove(name);
  return applyEdits(json, editor.edits());
}
