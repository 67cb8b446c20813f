import { GatewayError } from "../lib/errors.ts";
import { jsonLine } from "./_event-table.ts";
import { explainText } from "./_explain-text.ts";
import { LEDGER_FLAGS, readLedger, usage } from "./_ledger.ts";
import { painter, visible } from "./_terminal-text.ts";
import type { Command } from "./command.ts";

/** `weir explain`: why a request went where it went, and what became of it. */
export const explain: Command<"explain"> = {
  name: "explain",
  summary: "Tell everything known of one request",
  positionals: "REQUEST_ID",
  options: { json: { type: "boolean", help: "Print the event as JSON" }, ...LEDGER_FLAGS },
  example: "weir explain 019b2f6e-7c1d-7000-8000-000000000000",
  run: (args, io) =>
    readLedger(args, io, async (open) => {
      const [id, ...more] = args.positionals;
      if (id === undefined || id === "" || more.length > 0) {
        throw usage("weir explain takes one request id: the x-request-id header of the answer");
      }
      const ledger = await open({ what: "explain", filter: { id } });
      const [event, ...older] = await ledger.eventsOf(id);
      if (event === undefined) {
        const shown = visible(id.slice(0, 128));
        throw new GatewayError("not_found", `There is no request "${shown}" in this ledger: see "weir events tail"`);
      }
      if (older.length > 0) {
        const rows = older.map(({ seq }) => seq).join(", ");
        io.err(`${older.length} older requests carry the same id (rows ${rows}): this is the newest.\n`);
      }
      const { event: entry, ...place } = event;
      io.out(args.flags["json"] === true ? jsonLine({ ...place, entry }) : explainText(event, painter(io)));
      return 0;
    }),
};
