import type { Database } from "bun:sqlite";
import type { LedgerEntry } from "../../schema/ledger.ts";
import { type ChainRow, parseBody } from "../ledger/chain.ts";
import { column, FACTS, type FactFilter, factFilters, factsOf, factsText } from "../ledger/facts.ts";
import type { RowQuery } from "../store.ts";

/**
 * A row names its facts by a number: there are few different ones. So any filter is a handful of numbers, each of which
 * has its rows in order of time in one index, and a page never reads rows that are not on it.
 */
export const FACET_TABLE = `CREATE TABLE facet (id INTEGER PRIMARY KEY, facts TEXT NOT NULL UNIQUE,
  ${FACTS.map((name) => `${name} TEXT`).join(", ")});`;

/** Columns that queries ask for, the most telling first: callers can name any model, and there are four verdicts. */
const TELLING = ["model", "answered", "consumer", "target", "region", "reasons", "verdict"] as const;

/** An index for each, so that no query reads all facts: a caller who asks for ever new models makes many. */
export const FACET_INDEXES = TELLING.map((name) => `CREATE INDEX facet_${name} ON facet (${name});`).join("\n");

/** So many facts are looked at for one query at the most. */
const MOST_READ = 10_000;

/** The different reasons, each found behind the one before by the index. */
const REASONS = `WITH RECURSIVE each(text) AS (SELECT min(reasons) FROM facet
  UNION ALL SELECT (SELECT min(reasons) FROM facet WHERE reasons > each.text) FROM each WHERE each.text IS NOT NULL)
  SELECT text FROM each WHERE text IS NOT NULL`;

/** Numbers of facts that are known without asking the database. */
const KNOWN = 4096;

/** The numbers of facts in one database. */
export class Facets {
  readonly #known = new Map<string, number>();
  readonly #find;
  readonly #insert;
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    this.#find = db.prepare<{ id: number }, [string]>("SELECT id FROM facet WHERE facts = ?");
    const marks = FACTS.map(() => "?").join(", ");
    this.#insert = db.prepare(`INSERT INTO facet (facts, ${FACTS.join(", ")}) VALUES (?, ${marks})`);
  }

  /** The number of an entry's facts; a new one where they are new. To be called within a transaction. */
  idOf(entry: LedgerEntry): number {
    const facts = factsOf(entry);
    const text = factsText(facts);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = this.#find.get(text)?.id ?? this.#make(text, Object.values(facts));
    if (this.#known.size >= KNOWN) this.#known.clear();
    this.#known.set(text, found);
    return found;
  }

  /** To be called when a transaction was taken back: numbers made in it are none. */
  forget(): void {
    this.#known.clear();
  }

  /** The numbers of all facts that a query asks for; null where they are more than `most`, or too many to look at. */
  matching(query: RowQuery, most: number): readonly number[] | null {
    const near = narrowed(query);
    const looked = `SELECT id FROM (${near.sql}) LIMIT ${MOST_READ + 1}`;
    const count = this.#db.query<{ n: number }, string[]>(`SELECT count(*) AS n FROM (${looked})`).get(...near.values);
    if (count === null || count.n > MOST_READ) return null;
    const { sql, values } = this.filter(query);
    const found = this.#db
      .query<{ id: number }, string[]>(`SELECT id FROM facet WHERE id IN (${near.sql}) AND ${sql} LIMIT ${most + 1}`)
      .all(...near.values, ...values);
    return found.length > most ? null : found.map(({ id }) => id);
  }

  /** What a query asks of the columns of the table. */
  filter(query: RowQuery): FactFilter {
    return factFilters(query, () => "?");
  }

  #make(text: string, values: readonly (string | null)[]): number {
    return Number(this.#insert.run(text, ...values.map(column)).lastInsertRowid);
  }
}

/** The numbers of the facts that fit what is most telling of a query, and perhaps not the rest of it. */
function narrowed(query: RowQuery): FactFilter {
  const by = (name: string, condition: string): string =>
    `SELECT id FROM facet INDEXED BY facet_${name} WHERE ${name} ${condition}`;
  if (query.model !== undefined) {
    const model = column(query.model) ?? "";
    return { sql: `${by("model", "= ?")} UNION ${by("answered", "= ?")}`, values: [model, model] };
  }
  for (const name of ["consumer", "target", "region"] as const) {
    const value = query[name];
    if (value !== undefined) return { sql: by(name, "= ?"), values: [column(value) ?? ""] };
  }
  const { reason, outcomes } = query;
  if (reason === undefined && outcomes === undefined)
    return { sql: by("verdict", "= ?"), values: [column(query.verdict ?? null) ?? ""] };
  const said = factFilters({ reason, outcomes, limit: 1 }, () => "?");
  return {
    sql: by("reasons", `IN (SELECT text FROM (${REASONS}) WHERE ${said.sql.replaceAll("reasons", "text")})`),
    values: said.values,
  };
}

/** Rows read at one time while an old file is brought up to date. */
const PAGE = 1000;

/** Gives every row of an old file the number of its facts. */
export function fillFacets(db: Database): void {
  const facets = new Facets(db);
  const page = db.prepare<ChainRow, [number]>(`SELECT * FROM ledger WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`);
  const set = db.prepare("UPDATE ledger SET facet = ? WHERE seq = ?");
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = page.all(last);
    for (const { seq, body } of rows) {
      const entry = parseBody(String(body));
      if (entry !== null) set.run(facets.idOf(entry), seq);
      last = seq;
    }
    if (rows.length < PAGE) return;
  }
}
