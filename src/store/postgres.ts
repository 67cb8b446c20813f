import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { GatewayError } from "../lib/errors.ts";
import { lockLedger } from "./ledger/lock.ts";
import { PostgresLedger } from "./postgres/ledger.ts";
import { PostgresLink } from "./postgres/link.ts";
import { storeError } from "./sqlite/error.ts";
import { EscalationTable } from "./sqlite/escalation-table.ts";
import { ReceiptTable } from "./sqlite/receipt-table.ts";
import { migrate } from "./sqlite/schema.ts";
import { type Connection, connect, createPrivate } from "./sqlite.ts";
import type { OpenOptions, Store } from "./store.ts";

/** What is kept in the state directory where the ledger is elsewhere. */
const BESIDE = "beside-postgres.db";

function open(url: string, options: OpenOptions): PostgresLedger {
  const path = join(options.stateDir, BESIDE);
  const own = options.role === "own";
  if (own) createPrivate(path);
  const release = own ? lockLedger(path) : () => {};
  let connection: Connection | null = null;
  try {
    connection = own || existsSync(path) ? connect(path, options) : emptyDatabase();
    const { db: beside, settle, closed } = connection;
    // what opening it wrote; where the disk does not take it, the next checkpoint says so
    if (own) settle().catch(() => {});
    return new PostgresLedger({
      link: linkTo(url),
      clock: options.clock,
      own,
      receipts: new ReceiptTable({ db: beside, path }),
      escalations: new EscalationTable(beside, path),
      released() {
        beside.close(true);
        closed();
        release();
      },
    });
  } catch (thrown) {
    connection?.db.close();
    connection?.closed();
    release();
    throw storeError(thrown, path);
  }
}

/** Nothing is connected yet, but what is no address is found out. The address itself is shown to nobody. */
function linkTo(url: string): PostgresLink {
  try {
    return new PostgresLink(url);
  } catch {
    throw new GatewayError(
      "service_unavailable",
      "store.url is no address of a PostgreSQL database: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with %-escapes for special characters",
    );
  }
}

function emptyDatabase(): Connection {
  const db = new Database(":memory:");
  migrate(db, "memory:");
  return { db, settle: async () => {}, closed: () => {} };
}

/**
 * `postgres://USER:PASSWORD@HOST:PORT/DATABASE`: the chain in tables `weir_*` of the first schema of the search path,
 * shared by any number of gateways; receipts and escalations in the state directory. Nothing is connected until
 * somebody reads or writes, and what fails then is tried again at the next use.
 */
export const postgres: Store<"postgres"> = { name: "postgres", open };
