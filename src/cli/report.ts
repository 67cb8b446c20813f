import { DAY_MS } from "../lib/durations.ts";
import { MOMENT_FORMS } from "../lib/moment.ts";
import type { Arguments, Command } from "./command.ts";
import { GROUPINGS, GroupedSums } from "./ledger/carbon-sums.ts";
import { momentFlag } from "./ledger/event-filter.ts";
import { LEDGER_FLAGS, readLedger } from "./ledger/ledger.ts";
import { type ReportOf, reportCsv, reportJson, reportMarkdown } from "./ledger/report-text.ts";
import { requestPages } from "./ledger/requests.ts";
import { usageError } from "./terminal/arguments.ts";
import { choiceFlag, formatFlag, textFlag } from "./terminal/flags.ts";

const FORMATS = { json: reportJson, csv: reportCsv, md: reportMarkdown } as const;

/** `weir report`: what requests came to, in tokens, money, energy and emissions. */
export const report: Command<"report"> = {
  name: "report",
  summary: "Sum up requests: tokens, cost, energy, emissions and how regions were chosen",
  positionals: "",
  options: {
    from: { type: "string", help: `Received not before: ${MOMENT_FORMS}` },
    to: { type: "string", help: "Received not after, written as --from; a day counts whole" },
    by: { type: "string", help: `${GROUPINGS.join(", ")}; default region` },
    format: { type: "string", help: "json, csv or md; default md" },
    json: { type: "boolean", help: "The same as --format json" },
    ...LEDGER_FLAGS,
  },
  example: "weir report --from 2026-07-01 --to 2026-07-31 --by consumer --format csv",
  async run(args, io) {
    const by = choiceFlag(args, "by", GROUPINGS) ?? "region";
    const format = formatFlag(args, ["json", "csv", "md"]) ?? "md";
    const { fromMs, toMs } = periodOf(args);
    const filter = { from: fromMs, to: toMs, by };
    return readLedger({ args, io, what: "report", filter }, async (ledger) => {
      const sums = new GroupedSums([by]);
      const pages = requestPages(ledger, { sinceMs: fromMs, untilMs: toMs });
      for await (const events of pages) for (const event of events) sums.add(event);
      const of: ReportOf = { fromMs, toMs, by, sums };
      io.out(FORMATS[format](of));
      return 0;
    });
  },
};

interface Period {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

function periodOf(args: Arguments): Period {
  const fromMs = momentFlag(args, "from");
  const last = momentFlag(args, "to");
  const isDay = /^\d{4}-\d\d-\d\d$/.test(textFlag(args, "to") ?? "");
  const toMs = last !== undefined && isDay ? last + DAY_MS - 1 : last;
  if (fromMs !== undefined && toMs !== undefined && fromMs > toMs) {
    throw usageError("--from lies after --to: give the earlier one as --from");
  }
  return { fromMs, toMs };
}
