import { chainsOf } from "../config/chains.ts";
import type { Config } from "../config/config.ts";
import { DAY_MS, HOUR_MS } from "../lib/durations.ts";
import type { ReceiptBook } from "../store/receipts.ts";
import type { Job } from "./job.ts";

/** How long rows are kept that no audit-logger asks for, where `store.retention_days` says nothing. */
const DEFAULT_DAYS = 30;

/**
 * Removes old ledger rows at the start and every hour: older than `audit-logger.retention_days`, and where no
 * audit-logger runs older than `store.retention_days`; and receipts older than that, or than the rows where it says
 * nothing. A clock that has just gone ahead by more than a day is believed an hour later: what is removed by a wrong one
 * does not come back.
 */
export const retention: Job<"retention"> = {
  name: "retention",
  create({ runtime, ledger, clock, log }) {
    let offsetMs = Number.POSITIVE_INFINITY;
    const run = async (signal: AbortSignal): Promise<void> => {
      const beforeMs = offsetMs;
      offsetMs = clock.now() - clock.monotonic();
      if (offsetMs - beforeMs > DAY_MS) {
        log.warn({}, "the clock went ahead by more than a day: old ledger rows are removed in an hour");
        return;
      }
      const { config } = runtime.gateway;
      const days = retentionDays(config);
      const rows = await ledger.prune(clock.now() - days * DAY_MS);
      if (rows > 0) log.info({ rows, retention_days: days }, "old ledger rows removed");
      const receiptDays = config.store.retention_days ?? days;
      const receipts = await removed(ledger.receipts, { beforeMs: clock.now() - receiptDays * DAY_MS, signal });
      if (receipts > 0) log.info({ receipts, retention_days: receiptDays }, "old receipts removed");
    };
    return [{ key: "ledger", intervalMs: HOUR_MS, atOnce: true, run }];
  },
};

/** How many receipts have gone, with a turn for requests after each lot. */
async function removed(
  book: ReceiptBook,
  until: { readonly beforeMs: number; readonly signal: AbortSignal },
): Promise<number> {
  let total = 0;
  while (!until.signal.aborted) {
    const some = book.prune(until.beforeMs);
    if (some === 0) break;
    total += some;
    await Bun.sleep(0);
  }
  return total;
}

function retentionDays(config: Config): number {
  const days = config.policy["audit-logger"]?.["retention_days"];
  const isAudited = chainsOf(config).some(({ chain }) => chain.includes("audit-logger"));
  return isAudited && typeof days === "number" ? days : (config.store.retention_days ?? DEFAULT_DAYS);
}
