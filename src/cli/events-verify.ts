import type { ChainHead } from "../schema/ledger.ts";
import { keptHeads } from "../store/ledger/kept-heads.ts";
import type { ChainReport } from "../store/store.ts";
import type { Command } from "./command.ts";
import { expectedHead } from "./ledger/head-flag.ts";
import { LEDGER_FLAGS, ledgerPlace, readLedger } from "./ledger/ledger.ts";
import { hasFlag } from "./terminal/flags.ts";
import { styleFor } from "./terminal/style.ts";
import { counted } from "./terminal/text.ts";

function summary(report: ChainReport, given: ChainHead | undefined): string[] {
  const { rows, head, crashes, lost, pruned, end } = report;
  const lines = [`${counted(rows, "row")}, head ${head === null ? "none" : `${head.seq}:${head.hash}`}`];
  if (pruned !== null) lines.push(`retention removed the rows up to ${pruned.seq}`);
  if (crashes > 0) lines.push(`${counted(crashes, "start")} after a crash, each names the head before it`);
  if (lost > 0) lines.push(`the store failed: ${counted(lost, "event was", "events were")} not kept`);
  lines.push(end === "proven" ? "end proven up to the head that was given" : unproven(report, given));
  return lines;
}

function unproven({ pruned }: ChainReport, given: ChainHead | undefined): string {
  if (given === undefined) {
    return "end not proven: who can rewrite the heads in the state directory can hide a cut end; give one kept elsewhere as --head";
  }
  return pruned !== null && given.seq < pruned.seq
    ? `end not proven: row ${given.seq} of the head that was given is one that retention removed, give a newer head`
    : "end not proven by the head that was given: the chain does not lead up to it, see above";
}

/** `weir events verify`: whether the ledger is what was written. */
export const eventsVerify: Command<"events verify"> = {
  name: "events verify",
  summary: "Walk the ledger's hash chain and name rows that were edited, removed, put in or moved",
  positionals: "",
  options: {
    head: {
      type: "string",
      help: "A head that was kept elsewhere (ROW:HASH, or signed: the log and /api/ledger/head have both): proves the end",
    },
    jwks: { type: "string", help: "File with the public keys of signed heads; default those of the state directory" },
    json: { type: "boolean", help: "Print the report as JSON" },
    ...LEDGER_FLAGS,
  },
  example: "weir events verify --head 1042:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  async run(args, io) {
    const expected = expectedHead(args, io);
    return readLedger({ args, io, what: "events verify", filter: {} }, async (ledger) => {
      const { url, directory } = ledgerPlace(args, io);
      const report = await ledger.verify(expected, keptHeads(url, directory)?.read());
      // who gives a head asks for a proof
      const code = report.ok && (expected === undefined || report.end === "proven") ? 0 : 1;
      if (hasFlag(args, "json")) {
        const { problemCount, ...rest } = report;
        io.out(`${JSON.stringify({ ...rest, problem_count: problemCount })}\n`);
        return code;
      }
      const style = styleFor(io.terminal.out, io.env);
      const verdict = report.ok
        ? style.good("The chain holds.")
        : style.bad(`The chain is broken: ${counted(report.problemCount, "problem")}.`);
      const problems = report.problems.map(({ kind, message }) => `  ${kind}: ${message}`);
      io.out(`${[verdict, ...problems, ...summary(report, expected).map((text) => `  ${text}`)].join("\n")}\n`);
      return code;
    });
  },
};
