import type { Clock } from "../../lib/clock.ts";
import type { Access, ChainedLedger } from "../store.ts";

/** Who is about to read, without the filter, which each reading has of its own. */
export type Reader = Omit<Access, "filter">;

/**
 * Writes down that somebody reads the ledger, where `log_all_access` asks for it; else nothing. To be called before
 * the reading: rejects when the row cannot be written, and then nothing may be shown. Members of `filter` that are
 * undefined are left out.
 */
export async function recordAccess(
  ledger: ChainedLedger,
  reader: Reader & { readonly filter: Readonly<Record<string, string | number | boolean | undefined>> },
  clock: Clock,
): Promise<void> {
  if (!(await ledger.audit()).logAllAccess) return;
  const filter: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(reader.filter)) if (value !== undefined) filter[key] = value;
  const { who, via, what } = reader;
  await ledger.append([{ kind: "access", at: clock.now(), who, via, what, filter }]);
}
