import { type SumRow, sumRows } from "../../lib/sums/sum-rows.ts";
import type { RequestEvent } from "../../schema/event.ts";
import type { LedgerEntry } from "../../schema/ledger.ts";
import type { RowQuery } from "../store.ts";

/** What queries ask of a row besides its time and its id. All but `kind` are had by requests only. */
export interface Facts {
  readonly kind: string;
  readonly verdict: string | null;
  readonly target: string | null;
  readonly consumer: string | null;
  /** The model as the caller named it. */
  readonly model: string | null;
  /** The model as the upstream named it in its answer. */
  readonly answered: string | null;
  /** The region that answered. */
  readonly region: string | null;
  /** Reason codes of policies and, where it was no success, the outcome; in order, one a line. */
  readonly reasons: string;
}

/** The names of {@link Facts}, in the order of their text. */
export const FACTS = ["kind", "verdict", "target", "consumer", "model", "answered", "region", "reasons"] as const;

function isEvent(entry: LedgerEntry): entry is RequestEvent {
  return !("kind" in entry);
}

/** What the requests among entries come to; one that cannot be counted, because somebody edited its row, is left out. */
export function sumsOf(entries: readonly (LedgerEntry | null)[]): SumRow[] {
  const events = entries.filter((entry) => entry !== null && isEvent(entry));
  try {
    return sumRows(events);
  } catch {
    return sumRows(events.filter(isCountable));
  }
}

function isCountable(event: RequestEvent): boolean {
  try {
    return sumRows([event]).length > 0;
  } catch {
    return false;
  }
}

/** What queries can ask of an entry. */
export function factsOf(entry: LedgerEntry): Facts {
  if ("kind" in entry) {
    const none = { verdict: null, target: null, consumer: null, model: null, answered: null, region: null };
    return { kind: entry.kind, ...none, reasons: "" };
  }
  const { verdict, target, consumer, model, answered_model: answered, routing_trace: trace } = entry;
  const region = trace?.region ?? null;
  return { kind: "request", verdict, target, consumer, model, answered, region, reasons: reasonsOf(entry) };
}

function reasonsOf({ policies, outcome }: RequestEvent): string {
  if (outcome === "ok" && policies.length === 0) return "";
  const codes = new Set<string>();
  for (const { reason_code: code } of policies) if (code !== null) codes.add(code);
  if (outcome !== "ok") codes.add(outcome);
  return [...codes].sort().join("\n");
}

/** Facts as one text; equal facts have equal texts. Only valid Unicode, without NUL, whatever the facts hold. */
export function factsText(facts: Facts): string {
  return JSON.stringify(FACTS.map((name) => facts[name]));
}

/** A fact as a column holds it: no database takes half a surrogate pair, and PostgreSQL no NUL. */
export function column(fact: string | null): string | null {
  return fact === null ? null : fact.toWellFormed().replaceAll("\0", "\ufffd");
}

/** What the columns of facts hold, as one text. */
export function columnsText(facts: Facts): string {
  return JSON.stringify(FACTS.map((name) => column(facts[name])));
}

/** A condition on the facts: a column and what it must be, in the order of the question marks. */
export interface FactFilter {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Conditions on the table of facets that a query comes to; `mark` writes the n-th parameter, counted from 0. */
export function factFilters(query: RowQuery, mark: (place: number) => string): FactFilter {
  const values: string[] = [];
  const bind = (value: string): string => mark(values.push(column(value) ?? "") - 1);
  const conditions: string[] = [];
  for (const name of ["kind", "verdict", "target", "consumer", "region"] as const) {
    const value = query[name];
    if (value !== undefined) conditions.push(`${name} = ${bind(value)}`);
  }
  if (query.model !== undefined) conditions.push(`(model = ${bind(query.model)} OR answered = ${bind(query.model)})`);
  if (query.reason !== undefined) {
    conditions.push(`lower(reasons) LIKE ${bind(`%${escaped(query.reason.toLowerCase())}%`)} ESCAPE '\\'`);
  }
  if (query.outcomes !== undefined) {
    // an outcome is a line of the reasons; no policy's reason code is the code of an error
    const patterns = query.outcomes.map((outcome) => bind(`%\n${escaped(outcome)}\n%`));
    const isOne = patterns.map((pattern) => `('\n' || reasons || '\n') LIKE ${pattern} ESCAPE '\\'`);
    // most requests have no reasons at all: that is known without a look at each pattern
    conditions.push(`reasons <> '' AND (${isOne.join(" OR ") || "1 = 0"})`);
  }
  return { sql: conditions.join(" AND "), values };
}

/** A text as a pattern has it that means just this text. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}

/** Whether a query asks for more than times and a kind. */
export function asksForFacts(query: RowQuery): boolean {
  const { verdict, target, consumer, model, region, reason, outcomes } = query;
  return [verdict, target, consumer, model, region, reason, outcomes].some((asked) => asked !== undefined);
}
