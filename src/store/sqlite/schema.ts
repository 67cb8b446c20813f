import type { Database } from "bun:sqlite";
import { GatewayError } from "../../lib/errors.ts";
import { ESCALATION_TABLE } from "./escalation-table.ts";
import { FACET_INDEXES, FACET_TABLE, fillFacets } from "./facets.ts";
import { keepSignatures, PAYLOAD_COLUMN, RECEIPT_TABLE } from "./receipt-table.ts";
import { SUM_TABLE } from "./sum-table.ts";

/**
 * Steps from one version of the file to the next; `PRAGMA user_version` counts those that were made. A step that has
 * been released is never changed.
 */
export const MIGRATIONS: readonly (string | ((db: Database) => void))[] = [
  `CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT,
    at INTEGER NOT NULL,
    verdict TEXT,
    target TEXT,
    body TEXT NOT NULL,
    hash BLOB NOT NULL
  );
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
  // One index answers every filter without reading the bodies: an index costs 1 µs a row, so there is only this one.
  "CREATE INDEX ledger_find ON ledger (at, seq, kind, verdict, target, id);",
  RECEIPT_TABLE,
  (db) => {
    db.run(FACET_TABLE);
    db.run("ALTER TABLE ledger ADD COLUMN facet INTEGER");
    fillFacets(db);
    // each index costs 1 µs a row; the number of the row ends every one of them
    db.run("DROP INDEX ledger_find");
    db.run("CREATE INDEX ledger_find ON ledger (at, seq, kind)");
    db.run("CREATE INDEX ledger_facet ON ledger (facet, at)");
    db.run("CREATE INDEX ledger_id ON ledger (id, at) WHERE id IS NOT NULL");
  },
  ESCALATION_TABLE,
  (db) => {
    db.run(SUM_TABLE);
    // whoever reads in order of time sees from the index alone which rows are asked for
    db.run("DROP INDEX ledger_find");
    db.run("CREATE INDEX ledger_find ON ledger (at, seq, kind, facet)");
    db.run(FACET_INDEXES);
  },
  keepSignatures,
  // what is there was counted without a word of how far: the gateway counts all rows anew
  "DELETE FROM sums; DELETE FROM meta WHERE key IN ('coarse', 'summed');",
  PAYLOAD_COLUMN,
];

/** The version of the file, 0 for a new one. Throws when a newer Weir made it. */
function schemaVersion(db: Database, path: string): number {
  const version = db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  if (version <= MIGRATIONS.length) return version;
  throw new GatewayError(
    "service_unavailable",
    `The ledger "${path}" has version ${version}, this binary knows versions up to ${MIGRATIONS.length}: use the newer weir that wrote it`,
  );
}

/** Brings the file to the newest version in one transaction. A file that is no ledger of ours is left alone. */
export function migrate(db: Database, path: string): void {
  if (schemaVersion(db, path) === MIGRATIONS.length) return;
  db.transaction(() => {
    const version = schemaVersion(db, path);
    if (version === 0 && db.query("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== null) {
      throw new GatewayError(
        "service_unavailable",
        `"${path}" is a database, but not a ledger of Weir: name another file`,
      );
    }
    for (const step of MIGRATIONS.slice(version)) {
      if (typeof step === "string") db.run(step);
      else step(db);
    }
    db.run(`PRAGMA user_version = ${MIGRATIONS.length}`);
  }).immediate();
}
