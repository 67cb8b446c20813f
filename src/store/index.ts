import { memory } from "./memory.ts";
import { postgres } from "./postgres.ts";
import { sqlite } from "./sqlite.ts";

/** Every kind of store, by the scheme it has in `store.url`. */
export const stores = { sqlite, postgres, memory };
