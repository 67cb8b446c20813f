import { Database } from "bun:sqlite";
import { closeSync, fsync, openSync } from "node:fs";
import { promisify } from "node:util";

/** About as many pages of the WAL, 8 MB, as are folded at once: more keep the loop longer (2 ms), fewer sync more often. */
const PAGES = 1000;

/** Pages that a commit writes, and a row in it, about: 7 for 4 events, 35 for 128. A receipt is larger, in fewer indexes. */
const WRITTEN = { commit: 4, row: 0.25 } as const;

/** Pages of the WAL, 32 MB, before a commit folds it back all the same and waits: the disk is slower than the writer. */
const MOST_PAGES = 4000;

const synced = promisify(fsync);

/** The writing connection to the ledger at `path`, and what has the disk take that file. */
export interface FoldingParts {
  readonly db: Database;
  readonly path: string;
  readonly settle: () => Promise<void>;
}

/**
 * Folds a ledger's WAL back into its file while the event loop goes on: SQLite's own checkpoint makes it wait for the
 * disk twice. Once it still does, for the header of a WAL begun anew, which SQLite syncs before the first commit there.
 *
 * A power cut may come at any time. A reader of its own sees to that: SQLite copies nothing newer than what every reader
 * sees, so only what the disk has taken, and it begins no WAL anew that somebody reads, so not before the disk has taken
 * the copies.
 */
export class Folding {
  readonly #parts: FoldingParts;
  /** Pages since the last fold began. */
  #written = 0;
  #running: Promise<void> | null = null;
  #opened: { readonly reader: Database; readonly wal: number } | null = null;

  constructor(parts: FoldingParts) {
    this.#parts = parts;
    parts.db.run(`PRAGMA wal_autocheckpoint = ${MOST_PAGES}`);
    // what opening it wrote, or a killed process left with the system; where that fails, a fold asks again
    parts.settle().catch(() => {});
  }

  /**
   * Until it is over, batches had better wait: only a WAL to which nobody added meanwhile is begun anew. Where nothing
   * runs: null. Never rejects.
   */
  get running(): Promise<void> | null {
    return this.#running;
  }

  /** To be called after each commit, outside any transaction. Never throws: what fails is tried again after as many. */
  committed(rows: number): void {
    this.#written += WRITTEN.commit + WRITTEN.row * rows;
    if (this.#written < PAGES || this.#running !== null) return;
    this.#written = 0;
    this.#running = this.#fold()
      .catch(() => {})
      .finally(() => {
        this.#running = null;
      });
  }

  /** Waits for what runs; to be called before the writing connection is closed. */
  async close(): Promise<void> {
    // a batch that waited may have begun another
    while (this.#running !== null) await this.#running;
    if (this.#opened === null) return;
    this.#opened.reader.close(true);
    closeSync(this.#opened.wal);
  }

  async #fold(): Promise<void> {
    const { db, path, settle } = this.#parts;
    this.#opened ??= { reader: new Database(path, { readwrite: true }), wal: openSync(`${path}-wal`, "r") };
    const { reader, wal } = this.#opened;
    reader.run("BEGIN");
    try {
      reader.query("SELECT 1 FROM sqlite_schema").get();
      await synced(wal);
      copy(db);
      await settle();
    } finally {
      reader.run("COMMIT");
    }
  }
}

/** What every reader sees, into the file. */
function copy(db: Database): void {
  db.run("PRAGMA synchronous = OFF");
  try {
    db.run("PRAGMA wal_checkpoint(PASSIVE)");
  } finally {
    db.run("PRAGMA synchronous = NORMAL");
  }
}
