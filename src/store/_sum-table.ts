import type { Database } from "bun:sqlite";
import {
  addValues,
  BUCKET_MS,
  FINE_MS,
  HOUR_MS,
  MAX_KEYS,
  mergeRows,
  otherKey,
  SUM_KINDS,
  type SumRow,
  sumRows,
} from "../lib/sum-rows.ts";
import type { LedgerEntry } from "../schema/ledger.ts";
import { type ChainRow, parseBody } from "./_chain.ts";
import { isCountable, isEvent } from "./_facts.ts";
import { Meta } from "./_meta.ts";
import type { SumQuery } from "./store.ts";

/** Sums over requests, written with their rows; they stand beside the chain and are no part of it. */
export const SUM_TABLE = `CREATE TABLE sums (at INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  amounts TEXT NOT NULL, PRIMARY KEY (kind, at, key)) WITHOUT ROWID;`;

/** Buckets whose sums are known without asking the database: an hour, within which nearly all requests end. */
const KNOWN = 12;

const KINDS = SUM_KINDS.map((kind) => `'${kind}'`).join(", ");

interface Stored {
  readonly at: number;
  readonly kind: SumRow["kind"];
  readonly key: string;
  readonly amounts: string;
}
type Bucket = Map<string, number[]>;

/** The sums over requests in one SQLite database. What writes is to be called within a transaction. */
export class SumTable {
  readonly #known = new Map<number, Bucket>();
  readonly #meta: Meta;
  readonly #put;
  readonly #of;
  readonly #page;
  readonly #fine;
  readonly #remove;

  constructor(db: Database, meta: Meta) {
    this.#meta = meta;
    this.#put = db.prepare<null, [number, string, string, string]>("INSERT OR REPLACE INTO sums VALUES (?, ?, ?, ?)");
    this.#of = db.prepare<Stored, [number, number]>(
      `SELECT * FROM sums WHERE kind IN (${KINDS}) AND at >= ? AND at < ?`,
    );
    this.#page = db.prepare<Stored, (number | string)[]>(
      "SELECT * FROM sums WHERE kind = ? AND at >= ? AND at <= ? AND (at, key) > (?, ?) ORDER BY at, key LIMIT ?",
    );
    this.#fine = db.prepare<{ at: number }, [number, number]>(
      `SELECT at FROM sums WHERE kind = 'total' AND at >= ? AND at < ? AND at % ${HOUR_MS} <> 0 ORDER BY at LIMIT 1`,
    );
    this.#remove = db.prepare<null, [number, number]>(
      `DELETE FROM sums WHERE kind IN (${KINDS}) AND at >= ? AND at < ?`,
    );
  }

  /** Counts what is written. */
  add(entries: readonly LedgerEntry[]): void {
    for (const row of sumRows(entries.filter(isEvent))) {
      const bucket = this.#bucket(row.at);
      const isNew = bucket.size >= MAX_KEYS && !bucket.has(nameOf(row));
      const { at, kind, key, values } = isNew ? { ...row, key: otherKey(row.kind) } : row;
      const known = bucket.get(nameOf({ kind, key })) ?? [];
      addValues(known, values);
      bucket.set(nameOf({ kind, key }), known);
      this.#put.run(at, kind, key, JSON.stringify(known));
    }
  }

  /** To be called when a transaction was taken back, and where others write too. */
  forget(): void {
    this.#known.clear();
  }

  /** One page of a stretch of time. */
  read({ kind, sinceMs, untilMs, after, limit }: SumQuery): SumRow[] {
    const { at, key } = after ?? { at: Number.MIN_SAFE_INTEGER, key: "" };
    const from = Math.max(sinceMs - BUCKET_MS + 1, at);
    return this.#page.all(kind, from, untilMs, at, key, limit).map(rowOf);
  }

  /**
   * Removes what is older than `beforeMs`, and makes one hour of the oldest that is old enough and not one yet. Returns
   * whether there may be more.
   */
  thin(beforeMs: number, nowMs: number): boolean {
    this.forget();
    this.#remove.run(Number.MIN_SAFE_INTEGER, beforeMs - HOUR_MS);
    const dueMs = hourOf(nowMs - FINE_MS);
    const fine = this.#fine.get(this.#meta.coarse, dueMs);
    const hour = fine === null ? null : hourOf(fine.at);
    if (hour !== null) {
      const merged = mergeRows(this.#of.all(hour, hour + HOUR_MS).map(rowOf), HOUR_MS);
      this.#remove.run(hour, hour + HOUR_MS);
      for (const { at, kind, key, values } of merged) this.#put.run(at, kind, key, JSON.stringify(values));
    }
    this.#meta.setCoarse(hour === null ? Math.max(dueMs, this.#meta.coarse) : hour + HOUR_MS);
    return hour !== null;
  }

  #bucket(at: number): Bucket {
    const known = this.#known.get(at);
    if (known !== undefined) return known;
    if (this.#known.size >= KNOWN) this.#known.delete(Math.min(...this.#known.keys()));
    const rows = this.#of.all(at, at + 1).map(rowOf);
    const bucket = new Map(rows.map((row) => [nameOf(row), [...row.values]]));
    this.#known.set(at, bucket);
    return bucket;
  }
}

function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

function nameOf({ kind, key }: Pick<SumRow, "kind" | "key">): string {
  return `${kind} ${key}`;
}

function rowOf({ at, kind, key, amounts }: Stored): SumRow {
  return { at, kind, key, values: JSON.parse(amounts) as number[] };
}

/** Rows read at one time while an old file is brought up to date. */
const PAGE = 1000;

/** Counts every row of an old file. */
export function fillSums(db: Database): void {
  const sums = new SumTable(db, new Meta(db));
  const page = db.prepare<ChainRow, [number]>(`SELECT * FROM ledger WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`);
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = page.all(last);
    sums.add(rows.map(({ body }) => parseBody(String(body))).filter(isCountable));
    last = rows.at(-1)?.seq ?? last;
    if (rows.length < PAGE) return;
  }
}
