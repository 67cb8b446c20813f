import { CommittedStream } from "../../carbon/commitment.ts";
import { applyEdits } from "../../lib/edits/edits.ts";
import { MemberEditor } from "../../lib/edits/members.ts";
import type { AskOptions } from "../attempts/ask-target.ts";
import type { RequestRecord } from "../record.ts";
import { frame } from "../streams/sse.ts";
import type { Ended } from "./receipts.ts";

/** The members of an answer that are ours: what an upstream says under these names never reaches a client beside them. */
export const RIDERS = ["vetted", "vetted_error", "routing_trace", "x_weir_policy"] as const;

/** Members of an answer, each by its JSON text. */
export type Riders = { readonly [Name in (typeof RIDERS)[number]]?: string };

/** What rides on the answer of a request now that it has ended; null: nothing. */
export function ridersOf(record: RequestRecord, ended: Ended | null): Riders | null {
  const trace = record.routing?.isShownFor(record.target) === true ? record.traceText() : null;
  const vetted = ended === null ? null : (record.receipt?.members(record, ended) ?? null);
  return trace === null ? vetted : { ...vetted, routing_trace: trace };
}

/**
 * What a stream gathers and carries for its last chunks. Of receipt and routing nothing where no region is configured and
 * nobody asked. `policies` gives what they have said by the end, where they read the stream: its headers could not.
 */
export function ridersOfStream(
  record: RequestRecord,
  policies: (() => string | null) | null,
): Pick<AskOptions, "riders" | "openSent"> {
  const isRouted = record.routing !== null;
  if (!isRouted && policies === null) return {};
  const gathers = isRouted && record.receipt?.isPossible === true;
  return {
    riders: () => {
      const riders = isRouted ? ridersOf(record, record.ended?.() ?? null) : null;
      const said = policies?.() ?? null;
      return said === null ? riders : { ...riders, x_weir_policy: JSON.stringify(said) };
    },
    openSent: gathers ? () => new CommittedStream() : undefined,
  };
}

/**
 * The JSON text of an answer or a chunk with these members at its end; what stood under their names, and under any of
 * {@link RIDERS}, is taken out: an upstream's receipt is not ours.
 */
export function withRiders(json: string, riders: Riders | null): string {
  if (riders === null) return json;
  const added = Object.entries(riders).map(([name, text]) => `"${name}":${text}`);
  const clean = RIDERS.some((name) => json.includes(name)) ? without(json) : json;
  const end = clean.lastIndexOf("}");
  const head = clean.slice(0, end).trimEnd();
  return `${head}${head.endsWith("{") ? "" : ","}${added.join(",")}${clean.slice(end)}`;
}

/** The last chunks of a stream, each with what rides on it. */
export function framesWithRiders(chunks: readonly string[], riders: Riders | null): Uint8Array {
  return Buffer.concat(chunks.map((json) => frame(withRiders(json, riders))));
}

function without(json: string): string {
  const editor = new MemberEditor(json);
  for (const name of RIDERS) editor.remove(name);
  return applyEdits(json, editor.edits());
}
