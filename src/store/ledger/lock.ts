import { Database } from "bun:sqlite";
import { closeSync, existsSync, openSync } from "node:fs";
import { GatewayError } from "../../lib/errors.ts";
import { isBusy, storeError } from "../sqlite/error.ts";

/**
 * Takes the one place of writing gateway beside the ledger at `path`, and returns how to give it back. The operating
 * system gives it back too when the process dies, whatever kills it, so there is no stale lock.
 */
export function lockLedger(path: string): () => void {
  const file = `${path}.lock`;
  // Only where it is missing: closing a file gives up the process's own POSIX locks on it.
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  const db = new Database(file, { create: false, readwrite: true });
  try {
    db.run("PRAGMA locking_mode = EXCLUSIVE");
    db.run("BEGIN EXCLUSIVE");
  } catch (cause) {
    db.close();
    // said of this file: it is not the ledger that is to be moved away
    if (!isBusy(cause)) throw storeError(cause, file);
    throw new GatewayError(
      "service_unavailable",
      `The ledger "${path}" is in use by another weir process: stop it, or give this one its own --state-dir (or store.url: memory:)`,
      { cause },
    );
  }
  return () => db.close(true);
}
