import type { Database } from "bun:sqlite";
import type { ChainRow } from "./_chain.ts";
import type { Facets } from "./_facets.ts";
import { asksForFacts } from "./_facts.ts";
import { mergeFirst, type Place } from "./_merge.ts";
import { listSql, listValues, type Span, spanOf } from "./_query.ts";
import type { RowQuery } from "./store.ts";

/** Above so many different facts, rows are read in order of time: they are then met often enough. */
const MOST_FACETS = 20_000;

type Values = (string | number)[];

/** Pages of rows out of a SQLite ledger. */
export class Pages {
  readonly #db: Database;
  readonly #facets: Facets;
  readonly #byseq;

  constructor(db: Database, facets: Facets) {
    this.#db = db;
    this.#facets = facets;
    this.#byseq = db.prepare<ChainRow, [number]>("SELECT * FROM ledger WHERE seq = ?");
  }

  /** The rows of a page and, where there is a next page, one more. */
  read(query: RowQuery): readonly ChainRow[] {
    const span = spanOf(query);
    const count = span.limit + 1;
    const facets = asksForFacts(query) ? this.#facets.matching(query, MOST_FACETS) : null;
    const places = facets === null ? this.#inTime(query, span, count) : this.#merged(facets, span, count);
    return places.flatMap(({ seq }) => this.#byseq.get(seq) ?? []);
  }

  #merged(facets: readonly number[], span: Span, count: number): readonly Place[] {
    const order = listSql(span, () => "?");
    const list = this.#db.query<Place, Values>(
      `SELECT at, seq FROM ledger INDEXED BY ledger_facet WHERE facet = ? AND ${order} LIMIT ?`,
    );
    const reads = facets.map(
      (facet) => (after: Place | null, most: number) => list.all(facet, ...listValues(span, after), most),
    );
    return mergeFirst(reads, { count, oldestFirst: span.oldestFirst });
  }

  #inTime(query: RowQuery, span: Span, count: number): readonly Place[] {
    const order = listSql(span, () => "?");
    const values: Values = query.kind === undefined ? [] : [query.kind];
    const kind = query.kind === undefined ? "" : "kind = ? AND ";
    const list = `FROM ledger INDEXED BY ledger_find WHERE ${kind}`;
    if (!asksForFacts(query)) {
      const sql = `SELECT at, seq ${list}${order} LIMIT ?`;
      return this.#db.query<Place, Values>(sql).all(...values, ...listValues(span, null), count);
    }
    const facts = this.#facets.filter(query);
    const sql = `SELECT at, seq ${list} facet IN (SELECT id FROM facet WHERE ${facts.sql}) AND ${order} LIMIT ?`;
    return this.#db.query<Place, Values>(sql).all(...values, ...facts.values, ...listValues(span, null), count);
  }
}
