import type { ChainRow } from "../ledger/chain.ts";
import { asksForFacts, FACTS, factFilters } from "../ledger/facts.ts";
import { listSql, listValues, spanOf } from "../ledger/query.ts";
import type { RowsAfter } from "../ledger/verify.ts";
import type { RowQuery } from "../store.ts";
import type { Asker } from "./link.ts";

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

/** Above so many rows to choose a page from, rows are read in order of time: they are then met often enough. */
const MOST_CHOICE = 30_000;

/** Asks for the numbers of the facts that a query asks for, one more than {@link pageSql} makes use of. */
export function facetsSql(query: RowQuery): PostgresStatement | null {
  if (!asksForFacts(query)) return null;
  const { sql, values } = factFilters(query, mark);
  return { sql: `SELECT id FROM weir_facet WHERE ${sql} LIMIT ${mostFacets(query) + 1}`, values };
}

function mostFacets({ limit }: RowQuery): number {
  return Math.ceil(MOST_CHOICE / (limit + 1));
}

/**
 * The statement for the rows of a page and, where there is a next page, one more. Each kind of facts has its rows in
 * order in one index; of few kinds the first rows of each are taken, and of them the first are the page.
 */
export function pageSql(query: RowQuery, facets: readonly string[]): PostgresStatement {
  const span = spanOf(query);
  const values: unknown[] = [...listValues(span, null), span.limit + 1];
  const list = `${listSql(span, times)} LIMIT $5`;
  const order = span.oldestFirst ? "at, seq" : "at DESC, seq DESC";
  const rows = `SELECT ${COLUMNS} FROM weir_ledger AS l WHERE`;
  if (!asksForFacts(query)) {
    if (query.kind === undefined) return { sql: `${rows} ${list}`, values };
    return { sql: `${rows} kind = $6 AND ${list}`, values: [...values, query.kind] };
  }
  if (facets.length > mostFacets(query)) {
    const facts = factFilters(query, (place) => mark(values.length + place));
    const sql = `${rows} EXISTS (SELECT 1 FROM weir_facet AS f WHERE f.id = l.facet AND ${facts.sql}) AND ${list}`;
    return { sql, values: [...values, ...facts.values] };
  }
  const sql = `${rows} seq IN (
      SELECT found.seq FROM unnest($6::text::bigint[]) AS f(id)
      CROSS JOIN LATERAL (SELECT at, seq FROM weir_ledger WHERE facet = f.id AND ${list}) AS found
      ORDER BY ${order} LIMIT $5
    ) ORDER BY ${order}`;
  return { sql, values: [...values, `{${facets.join(",")}}`] };
}

/** Rows for a verification, with what queries ask of them: as a text and as the columns that are compared. */
export async function rowsWithFacts(asker: Asker, { seq, limit }: RowsAfter): Promise<readonly ChainRow[]> {
  const asked = `json_build_array(${FACTS.map((name) => `f.${name}`).join(", ")})::text`;
  const sql = `SELECT l.*, f.facts, ${asked} AS asked FROM weir_ledger AS l LEFT JOIN weir_facet AS f ON f.id = l.facet
    WHERE l.seq > $1 ORDER BY l.seq LIMIT $2`;
  return (await asker.ask<PostgresRow>(sql, [seq, limit])).map(chainRow);
}
