import { csvHead } from "../lib/event-csv.ts";
import { matches } from "../store/ledger/matches.ts";
import type { ChainedLedger, StoredRow } from "../store/store.ts";
import type { Arguments, Command, Io } from "./command.ts";
import { type EventFilter, eventFilter, FILTER_FLAGS, newestRows } from "./ledger/event-filter.ts";
import { jsonLine, recordLine, tableHead, tableLine } from "./ledger/event-table.ts";
import { follow } from "./ledger/follow.ts";
import { readLedger } from "./ledger/ledger.ts";
import { usageError } from "./terminal/arguments.ts";
import { formatFlag, hasFlag } from "./terminal/flags.ts";
import { styleFor } from "./terminal/style.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 10_000;

/** How rows are shown. */
interface Printer {
  readonly head: string;
  line(row: StoredRow): string;
}

function printerOf(args: Arguments, io: Io): Printer {
  const format = formatFlag(args, ["table", "json", "csv"]) ?? "table";
  if (format === "json") return { head: "", line: jsonLine };
  if (format === "csv") return { head: csvHead, line: recordLine };
  const style = styleFor(io.terminal.out, io.env);
  return { head: tableHead(style), line: (row) => tableLine(row, style) };
}

async function* rowsToShow(
  ledger: ChainedLedger,
  filter: EventFilter,
  following: Io | null,
): AsyncGenerator<readonly StoredRow[]> {
  // The head is read first: what is written in between is then shown by the follower, and nothing twice.
  const last = (await ledger.head())?.seq ?? 0;
  const newest = await newestRows(ledger, filter, filter.limit ?? DEFAULT_LIMIT);
  if (following === null) return yield newest;
  yield newest.filter(({ seq }) => seq <= last);
  for await (const rows of follow(ledger, last, following)) yield rows.filter((row) => matches(row, filter.query));
}

/** `weir events tail`: the newest events, the newest last. */
export const eventsTail: Command<"events tail"> = {
  name: "events tail",
  summary: "Show the newest events of the ledger, the newest last",
  positionals: "",
  options: {
    ...FILTER_FLAGS,
    limit: { type: "string", help: `How many, 1 to ${MAX_LIMIT}; default ${DEFAULT_LIMIT}` },
    format: { type: "string", help: "table, json (one event a line) or csv; default table" },
    json: { type: "boolean", help: "The same as --format json" },
    follow: { type: "boolean", short: "f", help: "Go on with events as they are written, until SIGINT" },
  },
  example: "weir events tail --since 1h --verdict block",
  async run(args, io) {
    const filter = eventFilter(args);
    const printer = printerOf(args, io);
    const following = hasFlag(args, "follow");
    if ((filter.limit ?? 1) > MAX_LIMIT) {
      throw usageError(`--limit ${filter.limit} is more than ${MAX_LIMIT}: "weir events export" gives all`);
    }
    const reading = { what: "events tail", filter: { ...filter.shown, follow: following || undefined } };
    return readLedger({ args, io, ...reading }, async (ledger) => {
      let head = printer.head;
      for await (const rows of rowsToShow(ledger, filter, following ? io : null)) {
        const text = rows.map((row) => printer.line(row)).join("");
        if (text === "") continue;
        io.out(head + text);
        head = "";
      }
      if (head !== "" && !following) io.err("No event matches.\n");
      return 0;
    });
  },
};
