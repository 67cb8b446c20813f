import type { Config } from "../config/config.ts";
import type { Job } from "./job.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Removes ledger rows that are older than `audit-logger.retention_days`, at the start and every hour. */
export const retention: Job<"retention"> = {
  name: "retention",
  create({ runtime, ledger, clock, log }) {
    const run = async (): Promise<void> => {
      const days = retentionDays(runtime.gateway.config);
      if (days === null) return;
      const rows = await ledger.prune(clock.now() - days * DAY_MS);
      if (rows > 0) log.info({ rows, retention_days: days }, "old ledger rows removed");
    };
    return [{ key: "ledger", intervalMs: HOUR_MS, atOnce: true, run }];
  },
};

/** Null where no audit-logger runs: then nothing says how long rows are wanted, and none is removed. */
function retentionDays(config: Config): number | null {
  const chains = [config.policies, ...(config.model_groups ?? []), ...(config.consumers ?? [])].map(
    ({ chain }) => chain,
  );
  if (!chains.some((chain) => chain?.includes("audit-logger"))) return null;
  const days = config.policy["audit-logger"]?.["retention_days"];
  return typeof days === "number" ? days : null;
}
