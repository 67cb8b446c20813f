import { Database } from "bun:sqlite";
import { SqliteLedger } from "./sqlite/ledger.ts";
import { migrate } from "./sqlite/schema.ts";
import type { Store } from "./store.ts";

/** How many rows are kept: some 15 MB. */
export const MEMORY_ROWS = 10_000;

/** `memory:`: the same ledger without a file. It ends with the process, and the oldest rows go when it is full. */
export const memory: Store<"memory"> = {
  name: "memory",
  open(_location, { clock }) {
    const path = "memory:";
    const db = new Database(":memory:");
    migrate(db, path);
    return new SqliteLedger({ db, path, clock, own: true, maxRows: MEMORY_ROWS });
  },
};
