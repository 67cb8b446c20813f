import type { Database } from "bun:sqlite";
import type { ChainRow } from "../ledger/chain.ts";
import { asksForFacts, FACTS } from "../ledger/facts.ts";
import { mergeFirst, type Place } from "../ledger/merge.ts";
import { listSql, listValues, type Span, spanOf } from "../ledger/query.ts";
import { pageOf, stored, storedEvent } from "../ledger/stored.ts";
import type { RowPage, RowQuery, StoredEvent } from "../store.ts";
import type { Facets } from "./facets.ts";

/** Above so many different facts, rows are read in order of time: they are then met often enough. */
const MOST_FACETS = 500;

/** Rows of one step of such a reading: some milliseconds, so that requests go on in between. */
const STEP = 4_000;

type Values = (string | number)[];

/** A column of another type than text is no fact, and JSON holds no blobs. */
const ASKED = `CASE WHEN ${FACTS.map((name) => `typeof(f.${name}) IN ('text', 'null')`).join(" AND ")}
  THEN json_array(${FACTS.map((name) => `f.${name}`).join(", ")}) END`;

/** Pages of rows out of a SQLite ledger. */
export class Pages {
  readonly #db: Database;
  readonly #facets: Facets;
  readonly #byseq;
  readonly #after;
  readonly #chain;

  constructor(db: Database, facets: Facets) {
    this.#db = db;
    this.#facets = facets;
    this.#after = db.prepare<ChainRow, [number, number]>("SELECT * FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?");
    this.#chain = db.prepare<ChainRow, [number, number]>(
      `SELECT l.*, f.facts, ${ASKED} AS asked FROM ledger AS l LEFT JOIN facet AS f ON f.id = l.facet
        WHERE seq > ? ORDER BY seq LIMIT ?`,
    );
    this.#byseq = db.prepare<ChainRow, [number]>("SELECT * FROM ledger WHERE seq = ?");
  }

  /** Rows behind a number, also where somebody put values of other types into them. */
  after(seq: number, limit: number): ChainRow[] {
    return this.#after.all(seq, limit).map(readable);
  }

  /** The same with what queries ask of them, for a verification. */
  chain(seq: number, limit: number): ChainRow[] {
    return this.#chain.all(seq, limit).map(readable);
  }

  /** The events with an id, newest first. */
  withId(id: string, limit: number): StoredEvent[] {
    const sql = "SELECT * FROM ledger INDEXED BY ledger_id WHERE id = ? ORDER BY at DESC, seq DESC LIMIT ?";
    const found = this.#db.query<ChainRow, [string, number]>(sql).all(id, limit);
    return found.map((row) => storedEvent(stored(row)));
  }

  /** A page, read in steps, between which others may work; each step is done by `use`. */
  async page(query: RowQuery, use: <T>(step: () => T) => T): Promise<RowPage> {
    const reading = this.#read(query);
    for (; ; await Bun.sleep(0)) {
      const page = use(() => {
        const step = reading.next();
        return step.done === true ? pageOf(step.value, query.limit) : null;
      });
      if (page !== null) return page;
    }
  }

  /** Returns the rows of a page and, where there is a next page, one more. */
  *#read(query: RowQuery): Generator<void, readonly ChainRow[]> {
    const span = spanOf(query);
    const count = span.limit + 1;
    const places = asksForFacts(query) ? yield* this.#asked(query, span, count) : this.#inTime(query, span, count);
    return places.flatMap(({ seq }) => this.#byseq.get(seq) ?? []);
  }

  *#asked(query: RowQuery, span: Span, count: number): Generator<void, readonly Place[]> {
    const facets = this.#facets.matching(query, MOST_FACETS);
    if (facets !== null) return this.#merged(facets, span, count);
    const found: Place[] = [];
    for (let after: Place | null = null; ; yield) {
      const step = this.#step(query, span, after);
      for (const { at, seq, hit } of step) if (hit === 1) found.push({ at, seq });
      if (found.length >= count || step.length < STEP) return found.slice(0, count);
      after = step.at(-1)!;
    }
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
    const values: Values = query.kind === undefined ? [] : [query.kind];
    const kind = query.kind === undefined ? "" : "kind = ? AND ";
    const sql = `SELECT at, seq FROM ledger INDEXED BY ledger_find WHERE ${kind}${listSql(span, () => "?")} LIMIT ?`;
    return this.#db.query<Place, Values>(sql).all(...values, ...listValues(span, null), count);
  }

  /** The next rows in order of time, and whether each is one that the query asks for. */
  #step(query: RowQuery, span: Span, after: Place | null): readonly (Place & { readonly hit: 0 | 1 })[] {
    const facts = this.#facets.filter(query);
    const sql = `SELECT at, seq, EXISTS (SELECT 1 FROM facet WHERE id = l.facet AND ${facts.sql}) AS hit FROM (
      SELECT at, seq, facet FROM ledger INDEXED BY ledger_find WHERE ${listSql(span, () => "?")} LIMIT ${STEP}) AS l`;
    return this.#db
      .query<Place & { readonly hit: 0 | 1 }, Values>(sql)
      .all(...facts.values, ...listValues(span, after));
  }
}

function readable(row: ChainRow): ChainRow {
  const { body, hash } = row;
  return { ...row, body: String(body), hash: hash instanceof Uint8Array ? hash : new Uint8Array(0) };
}
