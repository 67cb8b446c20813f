import type { SQLQueryBindings } from "bun:sqlite";
import { GatewayError } from "../lib/errors.ts";
import type { RowQuery } from "./store.ts";

const MAX_LIMIT = 10_000;
const CURSOR = /^(-?\d+(?:\.\d+)?)_(\d+)$/;

/** A statement and what its question marks stand for. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SQLQueryBindings[];
}

/** The cursor behind a row: rows come in the order of receipt, and of writing where that is equal. */
export function cursorBehind(row: { readonly at: number; readonly seq: number }): string {
  return `${row.at}_${row.seq}`;
}

function position(cursor: string): [number, number] {
  const [, at, seq] = CURSOR.exec(cursor) ?? [];
  if (at !== undefined && seq !== undefined) return [Number(at), Number(seq)];
  throw new GatewayError("invalid_request", "The cursor is none of ours: give the cursor of the last page, or none", {
    param: "cursor",
  });
}

/** The statement of one page, with one row more than asked for to see whether there is a next page. */
export function pageStatement(query: RowQuery): Statement {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_LIMIT) {
    throw new GatewayError("invalid_request", `A page has 1 to ${MAX_LIMIT} rows, not ${query.limit}`, {
      param: "limit",
    });
  }
  const where: string[] = [];
  const values: SQLQueryBindings[] = [];
  const narrow = (condition: string, ...bound: readonly SQLQueryBindings[]): void => {
    where.push(condition);
    values.push(...bound);
  };
  if (query.cursor !== undefined) {
    narrow(`(at, seq) ${query.oldestFirst === true ? ">" : "<"} (?, ?)`, ...position(query.cursor));
  }
  if (query.sinceMs !== undefined) narrow("at >= ?", query.sinceMs);
  if (query.untilMs !== undefined) narrow("at <= ?", query.untilMs);
  if (query.kind !== undefined) narrow("kind = ?", query.kind);
  if (query.verdict !== undefined) narrow("verdict = ?", query.verdict);
  if (query.target !== undefined) narrow("target = ?", query.target);
  const order = query.oldestFirst === true ? "ASC" : "DESC";
  const filter = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
  // The join makes SQLite find the keys in the index alone, and read only the rows of the page.
  const keys = `SELECT seq FROM ledger INDEXED BY ledger_find ${filter} ORDER BY at ${order}, seq ${order} LIMIT ?`;
  const sql = `SELECT l.* FROM (${keys}) AS k CROSS JOIN ledger AS l ON l.seq = k.seq ORDER BY l.at ${order}, l.seq ${order}`;
  return { sql, values: [...values, query.limit + 1] };
}
