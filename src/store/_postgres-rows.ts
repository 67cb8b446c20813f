import type { ChainRow } from "./_chain.ts";
import { asksForFacts, factFilters } from "./_facts.ts";
import type { Asker } from "./_postgres-link.ts";
import { listSql, listValues, spanOf } from "./_query.ts";
import type { RowsAfter } from "./_verify.ts";
import type { RowQuery } from "./store.ts";

/** The columns of a row. */
export const COLUMNS = "seq, kind, id, at, verdict, target, body, hash";

/** A row as the client gives it: it has no numbers above 2^53, so large ones are text. */
export interface PostgresRow extends Omit<ChainRow, "seq"> {
  readonly seq: string;
}

/** A row as every store has it. */
export function chainRow(row: PostgresRow): ChainRow {
  return { ...row, seq: Number(row.seq), hash: new Uint8Array(row.hash) };
}

/** A statement and what its parameters stand for. */
export interface PostgresStatement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const mark = (place: number): string => `$${place + 1}`;
/** The parameters of {@link listSql}, typed: the client sends numbers as text. */
const times = (place: number): string => `${mark(place)}::${place === 3 ? "bigint" : "float8"}`;

/**
 * The statement for the rows of a page and, where there is a next page, one more. Each kind of facts has its rows in
 * order in one index; from each come as many as the page has at most, and of them the first are the page.
 */
export function pageSql(query: RowQuery): PostgresStatement {
  const span = spanOf(query);
  const values: unknown[] = [...listValues(span, null), span.limit + 1];
  const list = `${listSql(span, times)} LIMIT $5`;
  const order = span.oldestFirst ? "at, seq" : "at DESC, seq DESC";
  if (query.kind === undefined && !asksForFacts(query)) {
    return { sql: `SELECT ${COLUMNS} FROM weir_ledger WHERE ${list}`, values };
  }
  if (!asksForFacts(query)) {
    return { sql: `SELECT ${COLUMNS} FROM weir_ledger WHERE kind = $6 AND ${list}`, values: [...values, query.kind] };
  }
  const facts = factFilters(query, (place) => mark(values.length + place));
  const sql = `SELECT ${COLUMNS} FROM weir_ledger WHERE seq IN (
      SELECT found.seq FROM (SELECT id FROM weir_facet WHERE ${facts.sql}) AS f
      CROSS JOIN LATERAL (SELECT at, seq FROM weir_ledger WHERE facet = f.id AND ${list}) AS found
      ORDER BY ${order} LIMIT $5
    ) ORDER BY ${order}`;
  return { sql, values: [...values, ...facts.values] };
}

/** Rows for a verification, with the text of what queries ask of them. */
export async function rowsWithFacts(asker: Asker, { seq, limit }: RowsAfter): Promise<readonly ChainRow[]> {
  const sql = `SELECT l.*, f.facts FROM weir_ledger AS l LEFT JOIN weir_facet AS f ON f.id = l.facet
    WHERE l.seq > $1 ORDER BY l.seq LIMIT $2`;
  return (await asker.ask<PostgresRow>(sql, [seq, limit])).map(chainRow);
}
