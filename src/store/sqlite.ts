import { Database } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, fsync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { GatewayError } from "../lib/errors.ts";
import { lockLedger } from "./ledger/lock.ts";
import { guarded } from "./sqlite/error.ts";
import { Folding } from "./sqlite/folding.ts";
import { SqliteLedger } from "./sqlite/ledger.ts";
import { presence } from "./sqlite/presence.ts";
import { migrate } from "./sqlite/schema.ts";
import type { OpenOptions, Store } from "./store.ts";

/** How long a statement waits for another process. A gateway waits on its request path, so it retries later instead. */
const BUSY_MS = { own: 20, visit: 5000 } as const;

/** Larger than SQLite's 4096: an event has 1 kB, and fewer pages a batch means fewer writes (-10 % CPU a row). */
const PAGE_BYTES = 8192;

/** Pages of the WAL before a commit folds it back into the file, where no {@link Folding} does: 4 MB. */
const CHECKPOINT_PAGES = 500;

const synced = promisify(fsync);

/** Makes a file that only this user can read, and the folders above it, where they are missing. */
export function createPrivate(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
}

/** An open database. */
export interface Connection {
  readonly db: Database;
  /** Has the disk take what was written into the file; rejects where it does not. */
  readonly settle: () => Promise<void>;
  /** To be called once the database is closed. */
  readonly closed: () => void;
}

/** Opens a database that is there and brings it to the newest version. */
export function connect(path: string, options: OpenOptions): Connection {
  const isNew = statSync(path).size === 0;
  const db = new Database(path, { readwrite: true, create: false });
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_MS.visit}`);
    db.run(`PRAGMA page_size = ${PAGE_BYTES}`);
    // an empty file has nothing to lose: nobody waits for the disk at a first start
    if (isNew) db.run("PRAGMA synchronous = OFF");
    if (options.role === "own") db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = NORMAL");
    db.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    migrate(db, path);
    return { db, ...settling(path) };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** The file stays open until the database is closed: sooner would give up the process's own POSIX locks, SQLite's too. */
function settling(path: string): Omit<Connection, "db"> {
  const file = openSync(path, "r");
  return { settle: () => synced(file), closed: () => closeSync(file) };
}

function open(path: string, options: OpenOptions): SqliteLedger {
  if (existsSync(path) && statSync(path).isDirectory()) {
    throw new GatewayError("service_unavailable", `The ledger "${path}" is a folder: name a file`);
  }
  const own = options.role === "own";
  if (own) createPrivate(path);
  const unlock = own ? lockLedger(path) : () => {};
  let connection: Connection | null = null;
  const released = (): void => {
    connection?.closed();
    unlock();
  };
  try {
    connection = connect(path, options);
    const { db, settle } = connection;
    const isThere = presence(path, options.clock);
    const folding = own ? new Folding({ db, path, settle }) : undefined;
    const ledger = new SqliteLedger({ db, path, clock: options.clock, own, isThere, folding, released });
    db.run(`PRAGMA busy_timeout = ${BUSY_MS[options.role]}`);
    return ledger;
  } catch (thrown) {
    connection?.db.close();
    released();
    throw thrown;
  }
}

/**
 * `sqlite:PATH`: one file, WAL, synchronous NORMAL. A killed process loses only what was not yet appended; a power cut
 * may lose the newest appends; neither corrupts. Costs about 15 µs of CPU a row with its place in four indexes and in
 * the sums.
 */
export const sqlite: Store<"sqlite"> = {
  name: "sqlite",
  open: (path, options) => guarded(path, () => open(path, options)),
};
