import type { Command } from "./command.ts";
import { FILTER_FLAGS, momentFlag } from "./ledger/event-filter.ts";
import { LEDGER_FLAGS, readLedger } from "./ledger/ledger.ts";

const PAGE = 1_000;

/** `weir receipts export`: every receipt that was kept, in the order they were. */
export const receiptsExport: Command<"receipts export"> = {
  name: "receipts export",
  summary: "Write the receipts that were kept to stdout, one a line",
  positionals: "",
  options: {
    since: FILTER_FLAGS.since,
    until: FILTER_FLAGS.until,
    json: { type: "boolean", help: "One receipt a line: the only form" },
    ...LEDGER_FLAGS,
  },
  example: "weir receipts export --since 30d > receipts.jsonl",
  async run(args, io) {
    const sinceMs = momentFlag(args, "since");
    const untilMs = momentFlag(args, "until");
    return readLedger(
      { args, io, what: "receipts export", filter: { since: sinceMs, until: untilMs } },
      async (ledger) => {
        for (let after: number | null | undefined; after !== null; ) {
          const page = ledger.receipts.page({ sinceMs, untilMs, limit: PAGE, after });
          if (page.receipts.length > 0)
            io.out(page.receipts.map(({ receipt }) => `${JSON.stringify(receipt)}\n`).join(""));
          after = page.next;
        }
        return 0;
      },
    );
  },
};
