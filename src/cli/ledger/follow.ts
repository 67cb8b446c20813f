import type { ChainedLedger, StoredRow } from "../../store/store.ts";
import type { Io } from "../command.ts";

/** How often a follower looks: soon enough to watch by eye. */
const POLL_MS = 250;
const PAGE = 500;

/** Rows behind number `afterSeq` as they are written, until SIGINT or SIGTERM. */
export async function* follow(ledger: ChainedLedger, afterSeq: number, io: Io): AsyncGenerator<readonly StoredRow[]> {
  let stopped = false;
  const stop = Promise.withResolvers<void>();
  const unregister = io.onStop(() => {
    unregister();
    stopped = true;
    stop.resolve();
  });
  try {
    for (let seq = afterSeq; !stopped; ) {
      const rows = await ledger.rowsAfter(seq, PAGE);
      yield rows;
      seq = rows.at(-1)?.seq ?? seq;
      if (rows.length < PAGE) await Promise.race([Bun.sleep(POLL_MS), stop.promise]);
    }
  } finally {
    unregister();
  }
}
