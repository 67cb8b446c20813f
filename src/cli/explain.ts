import { GatewayError } from "../lib/errors.ts";
import { eventAt } from "../store/ledger/event-at.ts";
import type { ChainedLedger, StoredEvent } from "../store/store.ts";
import type { Command } from "./command.ts";
import { explainText } from "./explain/text.ts";
import { jsonLine } from "./ledger/event-table.ts";
import { LEDGER_FLAGS, readLedger } from "./ledger/ledger.ts";
import { usageError } from "./terminal/arguments.ts";
import { hasFlag } from "./terminal/flags.ts";
import { styleFor } from "./terminal/style.ts";
import { visible } from "./terminal/text.ts";

/** `weir explain`: why a request went where it went, and what became of it. */
export const explain: Command<"explain"> = {
  name: "explain",
  summary: "Tell everything known of one request",
  positionals: "REQUEST_ID",
  options: {
    json: { type: "boolean", help: "Print the event as JSON" },
    row: { type: "string", help: "Its row in the ledger, where several requests carry the id" },
    ...LEDGER_FLAGS,
  },
  example: "weir explain 019b2f6e-7c1d-7000-8000-000000000000",
  async run(args, io) {
    const [id, ...more] = args.positionals;
    if (id === undefined || id === "" || more.length > 0) {
      throw usageError("weir explain takes one request id: the x-request-id header of the answer");
    }
    const row = rowOf(args.flags["row"]);
    return readLedger({ args, io, what: "explain", filter: { id } }, async (ledger) => {
      const [event, ...older] = row === null ? await ledger.eventsOf(id) : await inRow(ledger, id, row);
      if (event === undefined) {
        const shown = visible(id.slice(0, 128));
        const where = row === null ? "in this ledger" : `in row ${row} of this ledger`;
        throw new GatewayError("not_found", `There is no request "${shown}" ${where}: see "weir events tail"`);
      }
      if (older.length > 0) {
        const rows = older.map(({ seq }) => seq).join(", ");
        io.err(`Older requests carry the same id (rows ${rows}): this is the newest, --row tells of another.\n`);
      }
      const { event: entry, ...place } = event;
      const style = styleFor(io.terminal.out, io.env);
      io.out(hasFlag(args, "json") ? jsonLine({ ...place, entry }) : explainText(event, style));
      return 0;
    });
  },
};

function rowOf(given: unknown): number | null {
  if (given === undefined) return null;
  if (typeof given === "string" && /^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw usageError("--row takes a place in the ledger, a number from 1");
}

async function inRow(
  ledger: Pick<ChainedLedger, "rowsAfter">,
  id: string,
  row: number,
): Promise<readonly StoredEvent[]> {
  const found = await eventAt(ledger, id, row);
  return found === null ? [] : [found];
}
