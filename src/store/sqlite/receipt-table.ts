import type { Database } from "bun:sqlite";
import { attached, parseCompact } from "../../carbon/jws.ts";
import type { KeptReceipt, ReceiptRow } from "../../schema/receipt.ts";
import type { ReceiptBook, ReceiptPage, ReceiptQuery } from "../receipts.ts";
import { guarded } from "./error.ts";
import type { Folding } from "./folding.ts";
import type { SqliteLedgerParts } from "./ledger.ts";

/** The table as it was at first; {@link keepSignatures} makes of it what it is now. */
export const RECEIPT_TABLE = `CREATE TABLE receipts (
    place INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    consumer TEXT,
    body TEXT NOT NULL
  );`;

/** Leaves of each receipt its signature, which holds it whole. */
export function keepSignatures(db: Database): void {
  const sql = "SELECT 1 FROM pragma_table_info('receipts') WHERE name = 'body'";
  if (db.query(sql).get() === null) return;
  db.run("ALTER TABLE receipts RENAME COLUMN body TO jws");
  db.run("UPDATE receipts SET jws = coalesce(json_extract(jws, '$.jws'), '') WHERE json_valid(jws)");
}

/** Keeps what was signed beside its signature: a third less to write than the JWS that holds it in base64. */
export const PAYLOAD_COLUMN = "ALTER TABLE receipts ADD COLUMN payload TEXT;";

/**
 * How many receipts are removed at a time, and among how many of the oldest they are looked for: a clock that was ahead
 * may have dated some of them late.
 */
const [REMOVED, LOOKED_AT] = [500, 2_000];

interface Row {
  place: number;
  at: number;
  consumer: string | null;
  /** The JWS: detached where `payload` holds what was signed, whole where an older Weir kept it. */
  jws: string;
  payload: string | null;
}

const COLUMNS = "place, at, consumer, jws, payload";

/** The JWS as it was made. */
function whole({ jws, payload }: Row): string {
  return payload === null ? jws : attached(jws, payload);
}

/** The receipt as it was signed. */
function read(row: Row): KeptReceipt {
  const { at, consumer } = row;
  const payload = row.payload ?? parseCompact(row.jws)?.payload ?? "{}";
  return { at, consumer, receipt: { ...JSON.parse(payload), jws: whole(row) } };
}

/** Receipts in a table of the ledger's database. */
export class ReceiptTable implements ReceiptBook {
  readonly #db: Database;
  readonly #path: string;
  readonly #maxRows: number | undefined;
  readonly #folding: Folding | undefined;

  /** `path` is shown in errors; above `maxRows` the oldest go. */
  constructor({ db, path, maxRows, folding }: Pick<SqliteLedgerParts, "db" | "path" | "maxRows" | "folding">) {
    this.#db = db;
    this.#path = path;
    this.#maxRows = maxRows;
    this.#folding = folding;
  }

  get busy(): Promise<void> | null {
    return this.#folding?.running ?? null;
  }

  keep(receipts: readonly ReceiptRow[]): void {
    guarded(this.#path, () => this.#db.transaction(() => this.#insert(receipts)).immediate());
    this.#folding?.committed(receipts.length);
  }

  #insert(receipts: readonly ReceiptRow[]): void {
    const insert = this.#db.query(
      "INSERT OR IGNORE INTO receipts (id, at, consumer, jws, payload) VALUES (?, ?, ?, ?, ?)",
    );
    for (const { id, at, consumer, detached, payload } of receipts) insert.run(id, at, consumer, detached, payload);
    if (this.#maxRows === undefined) return;
    this.#db.query("DELETE FROM receipts WHERE place <= (SELECT max(place) FROM receipts) - ?").run(this.#maxRows);
  }

  find(id: string): KeptReceipt | null {
    const sql = `SELECT ${COLUMNS} FROM receipts WHERE id = ?`;
    const row = guarded(this.#path, () => this.#db.query<Row, [string]>(sql).get(id));
    return row === null ? null : read(row);
  }

  page({ sinceMs, untilMs, limit, after = 0 }: ReceiptQuery): ReceiptPage {
    const sql = `SELECT ${COLUMNS} FROM receipts WHERE place > ? AND at >= ? AND at <= ?
      ORDER BY place LIMIT ?`;
    const since = sinceMs ?? Number.MIN_SAFE_INTEGER;
    const until = untilMs ?? Number.MAX_SAFE_INTEGER;
    const rows = guarded(this.#path, () =>
      this.#db.query<Row, [number, number, number, number]>(sql).all(after, since, until, limit + 1),
    );
    const next = rows.length > limit ? (rows[limit - 1]?.place ?? null) : null;
    return { receipts: rows.slice(0, limit).map(read), next };
  }

  lastJws(): string | null {
    const sql = `SELECT ${COLUMNS} FROM receipts ORDER BY place DESC LIMIT 1`;
    const row = guarded(this.#path, () => this.#db.query<Row, []>(sql).get());
    return row === null ? null : whole(row);
  }

  prune(beforeMs: number): number {
    const oldest = `SELECT place, at FROM receipts WHERE place < (SELECT max(place) FROM receipts)
      ORDER BY place LIMIT ${LOOKED_AT}`;
    const sql = `DELETE FROM receipts WHERE place IN (SELECT place FROM (${oldest}) WHERE at < ? LIMIT ${REMOVED})`;
    return guarded(this.#path, () => this.#db.query(sql).run(beforeMs).changes);
  }
}
