import type { ChainedLedger, StoredEvent } from "../store.ts";

/**
 * The event in row `seq` where its id is that one, else null: callers choose ids, so that many rows may have the same,
 * and the newest of them need not be the one that was meant.
 */
export async function eventAt(
  ledger: Pick<ChainedLedger, "rowsAfter">,
  id: string,
  seq: number,
): Promise<StoredEvent | null> {
  const [row] = await ledger.rowsAfter(seq - 1, 1);
  if (row === undefined || row.seq !== seq || "kind" in row.entry || row.entry.id !== id) return null;
  return { seq, hash: row.hash, event: row.entry };
}
