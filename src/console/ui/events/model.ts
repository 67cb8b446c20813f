import { csvHead, csvLine } from "../../../lib/event-csv.ts";
import { outcomesOf } from "../../../lib/outcomes.ts";
import type { RequestEvent } from "../../../schema/event.ts";

/** An event as `/api/events` and its feed give it. */
export type EventRow = RequestEvent & { readonly seq: number; readonly hash: string };

/** The page of a request. */
export const eventHref = (id: string): string => `/console/events/${encodeURIComponent(id)}`;

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

/** The query of `/api/events` for what stands in the page's URL; `extra` beats it. */
export function apiQuery(place: URLSearchParams, extra: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(extra);
  for (const name of FILTERS) {
    const value = place.get(name)?.trim() ?? "";
    if (value !== "" && !query.has(name)) query.set(name, value);
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

/** A page of events as the API gives it. */
export interface EventPage {
  readonly events: readonly EventRow[];
  readonly cursor: string | null;
}

/** What of the ledger stands on the page: each row once, newest first, without a hole. */
export interface Listed {
  readonly rows: readonly EventRow[];
  /** Where the API goes on behind the last row; null: there is nothing more. */
  readonly cursor: string | null;
  /** Rows up to this moment came in, and went from the end for want of room: older ones begin there, not at the cursor. */
  readonly wentAt: number | null;
  /** Whether newer rows went for want of room, so that what comes in now does not follow. */
  readonly behind: boolean;
}

/** A page without rows. */
export const NOTHING_LISTED: Listed = { rows: [], cursor: null, wentAt: null, behind: false };

/** With rows that came in; beyond `most` the oldest go. */
export function withNews(listed: Listed, news: readonly EventRow[], most: number): Listed {
  if (listed.behind) return listed;
  const all = united(listed.rows, news);
  const went = all.slice(most).map(({ at }) => at);
  const wentAt = went.length === 0 ? listed.wentAt : Math.max(...went, listed.wentAt ?? 0);
  return { ...listed, rows: all.slice(0, most), wentAt };
}

/** With the page of the API that was asked for by {@link olderQuery}; beyond `most` the newest go. */
export function withOlder(listed: Listed, page: Pick<Listed, "rows" | "cursor">, most: number): Listed {
  const all = united(listed.rows, page.rows);
  const behind = listed.behind || all.length > most;
  return { rows: all.slice(-most), cursor: page.cursor, wentAt: null, behind };
}

/** With the newest page of the API: where the two meet, what was there stays behind it; else only what came in since. */
export function withNewest(listed: Listed, page: Pick<Listed, "rows" | "cursor">, most: number): Listed {
  if (listed.behind) return listed;
  const seqs = page.rows.map(({ seq }) => seq);
  const [oldest, newest] = [Math.min(...seqs), Math.max(...seqs)];
  const meets = listed.rows.some(({ seq }) => seq >= oldest && seq <= newest);
  if (meets && listed.rows.some(({ seq }) => seq < oldest)) return withNews(listed, page.rows, most);
  const since = meets ? listed.rows : listed.rows.filter(({ seq }) => seq > newest);
  // between that page and what came in since, rows may have gone already
  const isCut = listed.wentAt !== null && listed.wentAt > Math.max(...page.rows.map(({ at }) => at));
  if (!meets && isCut && since.length > 0) return { ...listed, rows: since };
  return withNews({ ...NOTHING_LISTED, rows: since, cursor: page.cursor }, page.rows, most);
}

/** What asks the API for the rows behind the last one; null: there are none. */
export function olderQuery({ cursor, wentAt }: Listed): Readonly<Record<string, string>> | null {
  if (wentAt !== null) return { until: String(wentAt) };
  return cursor === null ? null : { cursor };
}

function united(rows: readonly EventRow[], more: readonly EventRow[]): EventRow[] {
  const bySeq = new Map([...rows, ...more].map((row) => [row.seq, row]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}

/** Rows as CSV, as `weir events export --format csv` writes them. */
export function csv(rows: readonly EventRow[]): string {
  return csvHead + rows.map((row) => csvLine(row, row)).join("");
}
