import { csvHead } from "../lib/event-csv.ts";
import type { StoredRow } from "../store/store.ts";
import type { Command } from "./command.ts";
import { GroupedSums } from "./ledger/carbon-sums.ts";
import { allRows, eventFilter, FILTER_FLAGS, newestRows } from "./ledger/event-filter.ts";
import { jsonLine, recordLine } from "./ledger/event-table.ts";
import { readLedger } from "./ledger/ledger.ts";
import { DIFFERENCE_NOTE, shownSums } from "./ledger/report-text.ts";
import { usageError } from "./terminal/arguments.ts";
import { formatFlag, hasFlag } from "./terminal/flags.ts";
import { OUTPUT_FLAG, withOutput } from "./terminal/output-file.ts";

/** `weir events export`: every event that matches, the oldest first. */
export const eventsExport: Command<"events export"> = {
  name: "events export",
  summary: "Write all events that match to stdout or a file, the oldest first",
  positionals: "",
  options: {
    ...FILTER_FLAGS,
    format: { type: "string", help: "json (one event a line) or csv; default json" },
    json: { type: "boolean", help: "The same as --format json" },
    totals: {
      type: "boolean",
      help: "In place of the events what they come to, as JSON: all together, by region, model and consumer",
    },
    ...OUTPUT_FLAG,
  },
  example: "weir events export --since 30d --format csv > events.csv",
  async run(args, io) {
    const filter = eventFilter(args);
    const format = formatFlag(args, ["json", "csv"]) ?? "json";
    if (format === "csv" && filter.query.kind !== "request") {
      throw usageError("--format csv holds requests only: take --format json for rows of other kinds");
    }
    const isSummed = hasFlag(args, "totals");
    if (isSummed && format === "csv") {
      throw usageError("--totals prints JSON: leave --format csv out, or see weir report --format csv");
    }
    const reading = { what: "events export", filter: { ...filter.shown, format } };
    return readLedger({ args, io, ...reading }, (ledger) =>
      withOutput(args, io, async (out) => {
        const { limit } = filter;
        const asked = isSummed ? { ...filter, query: { ...filter.query, kind: "request" as const } } : filter;
        const pages = limit === undefined ? allRows(ledger, asked) : [await newestRows(ledger, asked, limit)];
        if (isSummed) {
          out(await totalsOf(pages));
          return 0;
        }
        const line = format === "csv" ? recordLine : jsonLine;
        if (format === "csv") out(csvHead);
        for await (const rows of pages) if (rows.length > 0) out(rows.map(line).join(""));
        return 0;
      }),
    );
  },
};

/** What the requests among these rows come to. */
async function totalsOf(pages: AsyncIterable<readonly StoredRow[]> | Iterable<readonly StoredRow[]>): Promise<string> {
  const sums = new GroupedSums(TOTALS);
  for await (const rows of pages) for (const { entry } of rows) if (!("kind" in entry)) sums.add(entry);
  const groups = TOTALS.map((grouping) => [
    `by_${grouping}`,
    sums.groups(grouping).map(({ name, sums: each }) => ({ [grouping]: name, ...shownSums(each) })),
  ]);
  return `${JSON.stringify({ total: shownSums(sums.total), ...Object.fromEntries(groups), note: DIFFERENCE_NOTE })}\n`;
}

const TOTALS = ["region", "model", "consumer"] as const;
