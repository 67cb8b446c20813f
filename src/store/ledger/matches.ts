import type { RowQuery, StoredRow } from "../store.ts";
import { factsOf } from "./facts.ts";

/** Whether a row fits a query's filters: for rows that were not read by `rows`, which filters by itself. */
export function matches({ kind, entry }: StoredRow, query: Omit<RowQuery, "limit">): boolean {
  if (query.kind !== undefined && kind !== query.kind) return false;
  if (entry.at < (query.sinceMs ?? entry.at) || entry.at > (query.untilMs ?? entry.at)) return false;
  const facts = factsOf(entry);
  for (const name of ["verdict", "target", "consumer", "region"] as const) {
    if ((query[name] ?? facts[name]) !== facts[name]) return false;
  }
  if (query.model !== undefined && query.model !== facts.model && query.model !== facts.answered) return false;
  const lines = facts.reasons.split("\n");
  if (query.outcomes !== undefined && !query.outcomes.some((outcome) => lines.includes(outcome))) return false;
  return facts.reasons.toLowerCase().includes((query.reason ?? "").toLowerCase());
}
