import type { Database } from "bun:sqlite";
import { HOUR_MS } from "../../lib/durations.ts";
import { addValues, BUCKET_MS, FINE_MS, MAX_KEYS, mergeRows, otherKey, type SumRow } from "../../lib/sums/sum-rows.ts";
import type { LedgerEntry } from "../../schema/ledger.ts";
import { type ChainRow, parseBody } from "../ledger/chain.ts";
import { sumsOf } from "../ledger/facts.ts";
import { hourOf, KINDS, type StoredSums, sumRow } from "../ledger/stored-sums.ts";
import type { SumQuery } from "../store.ts";
import type { Meta } from "./meta.ts";

/** Sums over requests, by what is counted, time, and names; they stand beside the chain and are no part of it. */
export const SUM_TABLE = `CREATE TABLE sums (at INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  amounts TEXT NOT NULL, PRIMARY KEY (kind, at, key)) WITHOUT ROWID;`;

/** Buckets whose sums are known without asking the database: an hour, within which nearly all requests end. */
const KNOWN = 12;
/** For so long what was counted is only in memory: to write it each time would cost half as much as the rows do. */
const WRITE_MS = 1_000;
/** Rows read at one time where they are counted anew. */
const PAGE = 1_000;

/** Sums of one bucket by kind and key. */
type Bucket = Map<string, SumRow & { readonly values: number[] }>;

/**
 * The sums over requests in one SQLite database. Rows are counted in memory once they are appended; every second what was
 * counted is written within the transaction of an append, with the number of the last row in it. After a crash, and after
 * a transaction that was taken back, the rows behind that number are counted anew. So each row is counted once.
 */
export class SumTable {
  readonly #known = new Map<number, Bucket>();
  /** What is not written down, by bucket. */
  readonly #unsaved = new Map<number, Set<string>>();
  readonly #meta: Meta;
  /** Whether memory may differ from the rows. */
  #doubted = true;
  /** Within a transaction: everything is written; others have written behind the back of memory. */
  #saved = false;
  #changed = false;
  #savedMs = Number.NEGATIVE_INFINITY;
  readonly #rows;
  readonly #put;
  readonly #of;
  readonly #page;
  readonly #fine;
  readonly #remove;

  constructor(db: Database, meta: Meta) {
    this.#meta = meta;
    this.#rows = db.prepare<Pick<ChainRow, "seq" | "body">, [number]>(
      `SELECT seq, body FROM ledger WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`,
    );
    this.#put = db.prepare<null, [number, string, string, string]>("INSERT OR REPLACE INTO sums VALUES (?, ?, ?, ?)");
    this.#of = db.prepare<StoredSums, [number, number]>(
      `SELECT * FROM sums WHERE kind IN (${KINDS}) AND at >= ? AND at < ?`,
    );
    this.#page = db.prepare<StoredSums, (number | string)[]>(
      "SELECT * FROM sums WHERE kind = ? AND at >= ? AND at <= ? AND (at, key) > (?, ?) ORDER BY at, key LIMIT ?",
    );
    this.#fine = db.prepare<{ at: number }, [number, number]>(
      `SELECT at FROM sums WHERE kind = 'total' AND at >= ? AND at < ? AND at % ${HOUR_MS} <> 0 ORDER BY at LIMIT 1`,
    );
    this.#remove = db.prepare<null, [number, number]>(
      `DELETE FROM sums WHERE kind IN (${KINDS}) AND at >= ? AND at < ?`,
    );
  }

  /** Whether something was counted that is not written down. */
  get unsaved(): boolean {
    return this.#doubted || this.#unsaved.size > 0;
  }

  /** Whether it is time to write that down. */
  isDue(nowMs: number): boolean {
    return this.#doubted || (this.#unsaved.size > 0 && Math.abs(nowMs - this.#savedMs) >= WRITE_MS);
  }

  /** Counts rows that were appended. Throws nothing: they are there, whatever comes of the sums. */
  count(entries: readonly LedgerEntry[]): void {
    if (this.#doubted) return;
    try {
      this.#add(sumsOf(entries));
    } catch {
      this.#doubted = true;
    }
  }

  /** Writes down what was counted; `seq` is the last row. Within a transaction: then {@link settle} or {@link doubt}. */
  save(seq: number, nowMs: number): void {
    if (this.#doubted) this.#recount();
    this.#write();
    this.#meta.setSummed(seq);
    this.#saved = true;
    this.#savedMs = nowMs;
  }

  /** The transaction was committed. */
  settle(): void {
    if (this.#saved) {
      this.#unsaved.clear();
      this.#doubted = false;
    }
    if (this.#changed) this.#known.clear();
    this.#saved = false;
    this.#changed = false;
  }

  /** The transaction was taken back. */
  doubt(): void {
    this.#doubted = true;
    this.#saved = false;
    this.#changed = false;
  }

  /** One page of a stretch of time. */
  read({ kind, sinceMs, untilMs, after, limit }: SumQuery): SumRow[] {
    const { at, key } = after ?? { at: Number.MIN_SAFE_INTEGER, key: "" };
    const from = Math.max(sinceMs - BUCKET_MS + 1, at);
    return this.#page.all(kind, from, untilMs, at, key, limit).map(sumRow);
  }

  /**
   * Removes what is older than `beforeMs`, and makes one hour of the oldest that is old enough and not one yet. Returns
   * whether there may be more. Within a transaction in which everything was saved.
   */
  thin(beforeMs: number, nowMs: number): boolean {
    this.#changed = true;
    this.#remove.run(Number.MIN_SAFE_INTEGER, beforeMs - HOUR_MS);
    const dueMs = hourOf(nowMs - FINE_MS);
    const fine = this.#fine.get(this.#meta.coarse, dueMs);
    const hour = fine === null ? null : hourOf(fine.at);
    if (hour !== null) {
      const merged = mergeRows(this.#of.all(hour, hour + HOUR_MS).map(sumRow), HOUR_MS);
      this.#remove.run(hour, hour + HOUR_MS);
      for (const { at, kind, key, values } of merged) this.#put.run(at, kind, key, JSON.stringify(values));
    }
    this.#meta.setCoarse(hour === null ? dueMs : hour + HOUR_MS);
    return hour !== null;
  }

  #recount(): void {
    this.#known.clear();
    this.#unsaved.clear();
    for (let last = this.#meta.summed; ; ) {
      const rows = this.#rows.all(last);
      this.#add(sumsOf(rows.map(({ body }) => parseBody(String(body)))));
      this.#write();
      this.#unsaved.clear();
      last = rows.at(-1)?.seq ?? last;
      if (rows.length < PAGE) return;
    }
  }

  #add(rows: readonly SumRow[]): void {
    for (const row of rows) {
      const bucket = this.#bucket(row.at);
      const isMore = bucket.size >= MAX_KEYS && !bucket.has(nameOf(row));
      const counted = isMore ? { ...row, key: otherKey(row.kind) } : row;
      const name = nameOf(counted);
      const known = bucket.get(name);
      if (known === undefined) bucket.set(name, { ...counted, values: [...row.values] });
      else addValues(known.values, row.values);
      const unsaved = this.#unsaved.get(row.at) ?? new Set();
      this.#unsaved.set(row.at, unsaved.add(name));
    }
  }

  #write(): void {
    for (const [at, names] of this.#unsaved) {
      const bucket = this.#bucket(at);
      for (const name of names) {
        const { kind, key, values } = bucket.get(name)!;
        this.#put.run(at, kind, key, JSON.stringify(values));
      }
    }
  }

  #bucket(at: number): Bucket {
    const known = this.#known.get(at);
    if (known !== undefined) return known;
    if (this.#known.size >= KNOWN) {
      const oldest = Math.min(...this.#known.keys().filter((each) => !this.#unsaved.has(each)));
      this.#known.delete(oldest);
    }
    const rows = this.#of.all(at, at + 1).map(sumRow);
    const bucket: Bucket = new Map(rows.map((row) => [nameOf(row), { ...row, values: [...row.values] }]));
    this.#known.set(at, bucket);
    return bucket;
  }
}

function nameOf({ kind, key }: Pick<SumRow, "kind" | "key">): string {
  return `${kind} ${key}`;
}
