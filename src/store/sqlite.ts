import { Database } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, fsync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { GatewayError } from "../lib/errors.ts";
import { lockLedger } from "./ledger/lock.ts";
import { guarded } from "./sqlite/error.ts";
import { SqliteLedger } from "./sqlite/ledger.ts";
import { presence } from "./sqlite/presence.ts";
import { migrate } from "./sqlite/schema.ts";
import type { OpenOptions, Store } from "./store.ts";

/** How long a statement waits for another process. A gateway waits on its request path, so it retries later instead. */
const BUSY_MS = { own: 20, visit: 5000 } as const;

/** Larger than SQLite's 4096: an event has 1 kB, and fewer pages a batch means fewer writes (-10 % CPU a row). */
const PAGE_BYTES = 8192;

/** Pages of the WAL before it is folded back into the file: 4 MB, or 5 to 10 ms of one append in 3,500. */
const CHECKPOINT_PAGES = 500;

/** Makes a file that only this user can read, and the folders above it, where they are missing. */
export function createPrivate(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
}

/** An open database, and what is to be called once it is closed. */
export interface Connection {
  readonly db: Database;
  readonly closed: () => void;
}

/** Opens a database that is there and brings it to the newest version. */
export function connect(path: string, options: OpenOptions): Connection {
  const isNew = statSync(path).size === 0;
  const db = new Database(path, { readwrite: true, create: false });
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_MS.visit}`);
    db.run(`PRAGMA page_size = ${PAGE_BYTES}`);
    // an empty file has nothing to lose: nobody waits for the disk at a first start, see `settled`
    if (isNew) db.run("PRAGMA synchronous = OFF");
    if (options.role === "own") db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = NORMAL");
    db.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    migrate(db, path);
    return { db, closed: isNew ? settled(path) : () => {} };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/**
 * Has the disk take what {@link connect} wrote into a new file, while the start goes on; returns what is to be called
 * when the ledger is closed. Not sooner: closing a file gives up the process's own POSIX locks on it, SQLite's too.
 */
function settled(path: string): () => void {
  const file = openSync(path, "r");
  // where the disk does not take it, the next checkpoint says so
  fsync(file, () => {});
  return () => closeSync(file);
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
    const { db } = connection;
    const isThere = presence(path, options.clock);
    const ledger = new SqliteLedger({ db, path, clock: options.clock, own, isThere, released });
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
