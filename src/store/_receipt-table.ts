import type { Database } from "bun:sqlite";
import type { KeptReceipt } from "../schema/receipt.ts";
import { storeError } from "./_sqlite-error.ts";
import type { ReceiptBook, ReceiptPage, ReceiptQuery } from "./receipts.ts";

/** The table, and the index that pages of a period are read by. */
export const RECEIPT_TABLE = `CREATE TABLE receipts (
    place INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    consumer TEXT,
    body TEXT NOT NULL
  );`;

interface Row {
  place: number;
  at: number;
  consumer: string | null;
  body: string;
}

const read = ({ at, consumer, body }: Row): KeptReceipt => ({ at, consumer, receipt: JSON.parse(body) });

/** Receipts in a table of the ledger's database. */
export class ReceiptTable implements ReceiptBook {
  readonly #db: Database;
  readonly #path: string;
  readonly #maxRows: number | undefined;

  /** `path` is shown in errors; above `maxRows` the oldest go. */
  constructor(db: Database, path: string, maxRows: number | undefined) {
    this.#db = db;
    this.#path = path;
    this.#maxRows = maxRows;
  }

  keep(receipts: readonly KeptReceipt[]): void {
    this.#guard(() => this.#db.transaction(() => this.#insert(receipts)).immediate());
  }

  #insert(receipts: readonly KeptReceipt[]): void {
    const insert = this.#db.query("INSERT OR IGNORE INTO receipts (id, at, consumer, body) VALUES (?, ?, ?, ?)");
    for (const { at, consumer, receipt } of receipts) {
      insert.run(receipt.receipt_id, at, consumer, JSON.stringify(receipt));
    }
    if (this.#maxRows === undefined) return;
    this.#db.query("DELETE FROM receipts WHERE place <= (SELECT max(place) FROM receipts) - ?").run(this.#maxRows);
  }

  find(id: string): KeptReceipt | null {
    const sql = "SELECT place, at, consumer, body FROM receipts WHERE id = ?";
    const row = this.#guard(() => this.#db.query<Row, [string]>(sql).get(id));
    return row === null ? null : read(row);
  }

  page({ sinceMs, untilMs, limit, after = 0 }: ReceiptQuery): ReceiptPage {
    const sql = `SELECT place, at, consumer, body FROM receipts WHERE place > ? AND at >= ? AND at <= ?
      ORDER BY place LIMIT ?`;
    const since = sinceMs ?? Number.MIN_SAFE_INTEGER;
    const until = untilMs ?? Number.MAX_SAFE_INTEGER;
    const rows = this.#guard(() =>
      this.#db.query<Row, [number, number, number, number]>(sql).all(after, since, until, limit + 1),
    );
    const next = rows.length > limit ? (rows[limit - 1]?.place ?? null) : null;
    return { receipts: rows.slice(0, limit).map(read), next };
  }

  lastJws(): string | null {
    const sql = "SELECT place, at, consumer, body FROM receipts ORDER BY place DESC LIMIT 1";
    const row = this.#guard(() => this.#db.query<Row, []>(sql).get());
    return row === null ? null : read(row).receipt.jws;
  }

  prune(beforeMs: number): number {
    const sql = "DELETE FROM receipts WHERE at < ? AND place < (SELECT max(place) FROM receipts)";
    return this.#guard(() => this.#db.query(sql).run(beforeMs).changes);
  }

  #guard<T>(use: () => T): T {
    try {
      return use();
    } catch (thrown) {
      throw storeError(thrown, this.#path);
    }
  }
}
