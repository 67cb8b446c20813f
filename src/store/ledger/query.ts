import { GatewayError } from "../../lib/errors.ts";
import type { RowQuery } from "../store.ts";
import type { Place } from "./merge.ts";

const MAX_LIMIT = 10_000;
const CURSOR = /^(-?\d+(?:\.\d+)?)_(\d+)$/;

/** The cursor behind a row: rows come in the order of receipt, and of writing where that is equal. */
export function cursorBehind(row: Place): string {
  return `${row.at}_${row.seq}`;
}

function position(cursor: string): Place {
  const [, at, seq] = CURSOR.exec(cursor) ?? [];
  if (at !== undefined && seq !== undefined) return { at: Number(at), seq: Number(seq) };
  throw new GatewayError("invalid_request", "The cursor is none of ours: give the cursor of the last page, or none", {
    param: "cursor",
  });
}

/** What decides which rows of an ordered list are on a page. */
export interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Rows behind this place; null: from the beginning. */
  readonly after: Place | null;
  readonly oldestFirst: boolean;
  readonly limit: number;
}

/** The span of a query. Throws `invalid_request` for a page of no possible size, and for a cursor that is none of ours. */
export function spanOf(query: RowQuery): Span {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_LIMIT) {
    throw new GatewayError("invalid_request", `A page has 1 to ${MAX_LIMIT} rows, not ${query.limit}`, {
      param: "limit",
    });
  }
  return {
    // within what the databases count with
    sinceMs: Math.max(query.sinceMs ?? Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
    untilMs: Math.min(query.untilMs ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    after: query.cursor === undefined ? null : position(query.cursor),
    oldestFirst: query.oldestFirst === true,
    limit: query.limit,
  };
}

/**
 * The condition and the order of one ordered list of rows; `mark` writes the n-th parameter, counted from 0. The values
 * are those of {@link listValues}.
 */
export function listSql({ oldestFirst }: Pick<Span, "oldestFirst">, mark: (place: number) => string): string {
  const [sign, order] = oldestFirst ? [">", "ASC"] : ["<", "DESC"];
  const times = `at >= ${mark(0)} AND at <= ${mark(1)} AND (at, seq) ${sign} (${mark(2)}, ${mark(3)})`;
  return `${times} ORDER BY at ${order}, seq ${order}`;
}

/** The parameters of {@link listSql}, for rows behind `after`. */
export function listValues(span: Span, after: Place | null): [number, number, number, number] {
  const { sinceMs, untilMs, oldestFirst } = span;
  const end = oldestFirst ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
  const { at, seq } = after ?? span.after ?? { at: end, seq: end };
  // what lies before the place need not be read
  const [from, to] = oldestFirst ? [Math.max(sinceMs, at), untilMs] : [sinceMs, Math.min(untilMs, at)];
  return [from, to, at, seq];
}
