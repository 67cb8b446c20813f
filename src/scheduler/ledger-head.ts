import { MINUTE_MS } from "../lib/durations.ts";
import type { Job } from "./job.ts";

/**
 * Says the head of the ledger's chain once a minute where it has moved, signed: whoever keeps the log elsewhere can show
 * later that rows were cut off the end, or that the chain was computed anew (`weir events verify --head`). It is kept
 * beside the ledger as well, for whoever keeps no log.
 */
export const ledgerHead: Job<"ledger-head"> = {
  name: "ledger-head",
  create({ ledger, signHead, keepHead, log }) {
    let last = "";
    const run = async (): Promise<void> => {
      const head = await ledger.head();
      if (head === null || head.hash === last) return;
      last = head.hash;
      const signed = signHead(head);
      log.info({ head: signed.head, jws: signed.jws }, "The head of the ledger");
      await keepHead(head);
    };
    return [{ key: "ledger", intervalMs: MINUTE_MS, atOnce: false, run }];
  },
};
