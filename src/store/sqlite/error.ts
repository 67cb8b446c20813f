import { SQLiteError } from "bun:sqlite";
import { GatewayError } from "../../lib/errors.ts";

const REASONS: readonly (readonly [prefix: string, reason: string])[] = [
  ["SQLITE_BUSY", "another process keeps it locked: close what has it open"],
  ["SQLITE_LOCKED", "another process keeps it locked: close what has it open"],
  ["SQLITE_FULL", "the disk is full: free some space"],
  ["SQLITE_CORRUPT", "the file is damaged: restore a copy, or move it away and start a new one"],
  ["SQLITE_NOTADB", "the file is no SQLite database: restore a copy, or move it away and start a new one"],
  ["SQLITE_READONLY", "it may not be written by this user: mend the permissions"],
  ["SQLITE_PERM", "it may not be used by this user: mend the permissions"],
  ["SQLITE_CANTOPEN", "it cannot be opened: see that the folder exists and belongs to this user"],
  ["SQLITE_IOERR", "reading or writing the disk failed: see the system's log"],
];

/** What a failure of SQLite means to whoever runs the gateway. A GatewayError stays what it is. */
export function storeError(thrown: unknown, path: string): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const code = thrown instanceof SQLiteError ? (thrown.code ?? "") : "";
  const reason =
    REASONS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? (thrown instanceof Error ? thrown.message : "unknown");
  return new GatewayError("service_unavailable", `The ledger "${path}" could not be used: ${reason}`, {
    cause: thrown,
  });
}

/** Uses the store at `path`; whatever SQLite throws becomes what it means. */
export function guarded<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (thrown) {
    throw storeError(thrown, path);
  }
}

/** Whether the store was only held by somebody else for a moment. */
export function isBusy(thrown: unknown): boolean {
  const cause = thrown instanceof GatewayError ? thrown.details.cause : thrown;
  return cause instanceof SQLiteError && (cause.code ?? "").startsWith("SQLITE_BUSY");
}
