import type { CoverageRow } from "../schema/views/policies-view.ts";
import type { Command } from "./command.ts";
import { loadFiles, namedFiles, POLICY_FILE_FLAGS, tellProblems } from "./terminal/config-source.ts";
import { hasFlag } from "./terminal/flags.ts";
import { type Style, styleFor } from "./terminal/style.ts";

/** `weir policy coverage`: what every policy of a configuration does where. */
export const policyCoverage: Command<"policy coverage"> = {
  name: "policy coverage",
  summary: "Show where each policy blocks, redacts, observes, or does not look",
  positionals: "[FILE…]",
  options: {
    ...POLICY_FILE_FLAGS,
    json: { type: "boolean", help: "Print JSON" },
  },
  example: "weir policy coverage --policy-config policy-config.yaml",
  async run(args, io) {
    const files = namedFiles(args);
    const json = hasFlag(args, "json");
    const loaded = loadFiles(files, {}, io);
    if (!loaded.ok) {
      tellProblems(loaded.problems, io, { files, json: json ? { policies: [] } : null });
      return 2;
    }
    const { coverageRows } = await import("../config/coverage-rows.ts");
    const rows = coverageRows(loaded.config);
    if (rows.length === 0) io.err("No chain of this configuration has a policy: nothing is looked at.\n");
    io.out(
      json
        ? `${JSON.stringify({ ok: true, policies: rows }, null, 2)}\n`
        : table(rows, styleFor(io.terminal.out, io.env)),
    );
    return 0;
  },
};

const COLUMNS = [
  ["request", "REQUEST"],
  ["answer", "ANSWER"],
  ["stream", "STREAM"],
  ["tool_definition", "TOOL DEFINITION"],
  ["tool_call", "TOOL CALL"],
  ["tool_result", "TOOL RESULT"],
] as const;
const NOT = "does not look";

function table(rows: readonly CoverageRow[], style: Style): string {
  const width = Math.max(6, ...rows.map(({ policy }) => policy.length));
  const cell = (title: string): number => Math.max(NOT.length, title.length);
  const head = ["POLICY".padEnd(width), ...COLUMNS.map(([, title]) => title.padEnd(cell(title))), "CHAINS"].join("  ");
  const marks = { blocks: style.bad, redacts: style.warn, observes: style.bold, none: style.dim };
  const lines = rows.map((row) => {
    const cells = COLUMNS.map(([place, title]) => {
      const effect = row[place];
      return marks[effect]((effect === "none" ? NOT : effect).padEnd(cell(title)));
    });
    const monitored = row.mode === "monitor" ? " (monitor)" : "";
    return [row.policy.padEnd(width), ...cells, `${row.chains.join(", ")}${monitored}`].join("  ");
  });
  return `${[style.dim(head), ...lines].join("\n")}\n`;
}
