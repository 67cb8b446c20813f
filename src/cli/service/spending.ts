import type { Logger } from "../../lib/logger.ts";
import { readSpending, type SpendingRecord, spendingFile, writeSpending } from "../../lib/spending-file.ts";
import type { Counters } from "../../store/counters/counters.ts";

/** What was spent, across processes. */
export interface KeptSpending {
  /** Null where nothing is kept on disk. */
  readonly file: string | null;
  /** What earlier processes had spent. */
  readonly before: SpendingRecord;
  /** Writes down what is known at the end. Never throws. */
  readonly close: (counters: Pick<Counters, "spending">) => void;
}

/** Reads what earlier processes spent. A file that cannot be read is said in the log and counts as nothing. */
export function keepSpending(stateDir: string | null, log: Logger): KeptSpending {
  const file = stateDir === null ? null : spendingFile(stateDir);
  const before = file === null ? {} : readSpending(file);
  if (before === null) log.error({ file }, "what was spent before cannot be read: budgets begin anew");
  return {
    file,
    before: before ?? {},
    close(counters) {
      const record = counters.spending();
      if (file === null || record === null) return;
      try {
        writeSpending(file, record);
      } catch (err) {
        log.error({ file, err }, "what was spent could not be written down");
      }
    },
  };
}
