import { writeSpending } from "../lib/spending-file.ts";
import type { Job } from "./job.ts";

/** What a crash may forget of what was spent. */
const INTERVAL_MS = 1_000;

/** Writes down what was spent against budgets, where it has changed, so that a restart goes on counting. */
export const spending: Job<"spending"> = {
  name: "spending",
  create({ spent, spendingFile }) {
    if (spendingFile === null || spent() === null) return [];
    let written = "";
    const run = async (): Promise<void> => {
      const record = spent();
      const text = JSON.stringify(record);
      if (record === null || text === written) return;
      writeSpending(spendingFile, record);
      written = text;
    };
    return [{ key: "file", intervalMs: INTERVAL_MS, atOnce: false, run }];
  },
};
