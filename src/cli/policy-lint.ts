import type { Command } from "./command.ts";
import {
  asJson,
  loadFiles,
  missingDefaultHint,
  namedFiles,
  POLICY_FILE_FLAGS,
  writeProblems,
} from "./terminal/config-source.ts";
import { hasFlag } from "./terminal/flags.ts";
import { counted } from "./terminal/text.ts";

/** `weir policy lint`: every problem of a configuration at once. */
export const policyLint: Command<"policy lint"> = {
  name: "policy lint",
  summary: "Check a configuration: every problem at once, with line and column",
  positionals: "[FILE…]",
  options: {
    ...POLICY_FILE_FLAGS,
    strict: { type: "boolean", help: "Warnings fail too" },
    json: { type: "boolean", help: "Print JSON" },
  },
  example: "weir policy lint --file policy-config.yaml --strict",
  async run(args, io) {
    const files = namedFiles(args);
    const { problems } = loadFiles(files, {}, io);
    const errors = problems.filter((each) => each.severity === "error").length;
    const warnings = problems.length - errors;
    const ok = errors === 0 && (!hasFlag(args, "strict") || warnings === 0);
    if (hasFlag(args, "json")) {
      io.out(`${JSON.stringify({ ok, problems: asJson(problems) }, null, 2)}\n`);
    } else {
      writeProblems(problems, io, "out");
      io.out(`${ok ? "ok" : "not ok"}: ${counted(errors, "error")}, ${counted(warnings, "warning")}\n`);
      io.err(missingDefaultHint(files, problems));
    }
    return ok ? 0 : 2;
  },
};
