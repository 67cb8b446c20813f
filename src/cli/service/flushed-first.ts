import type { ServerOptions } from "../../server/options.ts";
import type { LedgerWriter } from "../../store/ledger/writer.ts";
import type { ChainedLedger } from "../../store/store.ts";

/** Readers of the API see what has been answered: what waits for the next batch is written first. */
export function flushedFirst(ledger: ChainedLedger, writer: LedgerWriter): ServerOptions["ledger"] {
  return {
    head: () => ledger.head(),
    async rowsAfter(seq, limit) {
      await writer.flush();
      return ledger.rowsAfter(seq, limit);
    },
    async events(query) {
      await writer.flush();
      return ledger.events(query);
    },
    async event(id) {
      await writer.flush();
      return ledger.event(id);
    },
    async sums(query) {
      await writer.flush();
      return ledger.sums(query);
    },
  };
}
