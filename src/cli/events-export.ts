import { usageError } from "./_arguments.ts";
import { csvHead, csvLine } from "./_event-csv.ts";
import { allRows, eventFilter, FILTER_FLAGS, newestRows } from "./_event-filter.ts";
import { jsonLine } from "./_event-table.ts";
import { choiceFlag, readLedger } from "./_ledger.ts";
import type { Command } from "./command.ts";

/** `weir events export`: every event that matches, the oldest first. */
export const eventsExport: Command<"events export"> = {
  name: "events export",
  summary: "Write all events that match to stdout, the oldest first",
  positionals: "",
  options: {
    ...FILTER_FLAGS,
    format: { type: "string", help: "json (one event a line) or csv; default json" },
    json: { type: "boolean", help: "The same as --format json" },
  },
  example: "weir events export --since 30d --format csv > events.csv",
  async run(args, io) {
    const filter = eventFilter(args);
    const format = choiceFlag(args, "format", ["json", "csv"]) ?? "json";
    if (format === "csv" && args.flags["json"] === true) throw usageError("--json and --format csv cannot both be had");
    if (format === "csv" && filter.kind !== "request") {
      throw usageError("--format csv holds requests only: take --format json for rows of other kinds");
    }
    const reading = { what: "events export", filter: { ...filter.shown, format } };
    return readLedger({ args, io, ...reading }, async (ledger) => {
      const line = format === "csv" ? csvLine : jsonLine;
      if (format === "csv") io.out(csvHead);
      const { limit } = filter;
      const pages = limit === undefined ? allRows(ledger, filter) : [await newestRows(ledger, filter, limit)];
      for await (const rows of pages) if (rows.length > 0) io.out(rows.map(line).join(""));
      return 0;
    });
  },
};
