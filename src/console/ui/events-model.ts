import { csvHead, csvLine } from "../../lib/event-csv.ts";
import { outcomesOf } from "../../lib/outcomes.ts";
import type { RequestEvent } from "../../schema/event.ts";

/** An event as `/api/events` and its feed give it. */
export type EventRow = RequestEvent & { readonly seq: number; readonly hash: string };

/** Query parameters of the page that the API knows under the same name. */
export const FILTERS = [
  "verdict",
  "outcome",
  "target",
  "consumer",
  "model",
  "region",
  "reason",
  "since",
  "until",
] as const;

/** The query of `/api/events` for what stands in the page's URL. */
export function apiQuery(place: URLSearchParams, extra: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(extra);
  for (const name of FILTERS) {
    const value = place.get(name)?.trim() ?? "";
    if (value !== "") query.set(name, value);
  }
  return query.toString();
}

/**
 * Whether a row that comes in by the feed belongs to what the page shows, as `/api/events` reads its filters. What has an
 * end in time has no news.
 */
export function isWanted(row: EventRow, place: URLSearchParams): boolean {
  const wants = (name: (typeof FILTERS)[number], ...values: readonly (string | null)[]): boolean => {
    const asked = place.get(name)?.trim() ?? "";
    return asked === "" || values.includes(asked);
  };
  const { verdict, outcome, target, consumer, model, answered_model: answered, routing_trace: trace } = row;
  const outcomes = outcomesOf(place.get("outcome")?.trim() ?? "") ?? [outcome];
  return (
    (place.get("until") ?? "") === "" &&
    wants("verdict", verdict) &&
    outcomes.includes(outcome) &&
    wants("target", target) &&
    wants("consumer", consumer) &&
    wants("model", model, answered) &&
    wants("region", trace?.region ?? null) &&
    reasonsOf(row).includes((place.get("reason")?.trim() ?? "").toLowerCase())
  );
}

/** Reason codes of its policies and, where it was no success, its outcome; one a line, in small letters. */
function reasonsOf({ policies, outcome }: EventRow): string {
  const codes = policies.map(({ reason_code }) => reason_code ?? "");
  return [...codes, ...(outcome === "ok" ? [] : [outcome])].join("\n").toLowerCase();
}

/** Both lists as one, each row once, newest first, and no more than `most`. */
export function merged(rows: readonly EventRow[], more: readonly EventRow[], most: number): EventRow[] {
  const bySeq = new Map([...rows, ...more].map((row) => [row.seq, row]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, most);
}

/** Rows as CSV, as `weir events export --format csv` writes them. */
export function csv(rows: readonly EventRow[]): string {
  return csvHead + rows.map((row) => csvLine(row, row)).join("");
}
