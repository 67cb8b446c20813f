import { join } from "node:path";
import { findCases } from "./cases/files.ts";
import type { CaseResult } from "./cases/judge.ts";
import type { Arguments, Command } from "./command.ts";
import { usageError } from "./terminal/arguments.ts";
import {
  DEFAULT_CONFIG_FILE,
  loadFiles,
  namedFiles,
  POLICY_FILE_FLAGS,
  tellProblems,
} from "./terminal/config-source.ts";
import { hasFlag, listFlag, textFlag } from "./terminal/flags.ts";
import { type Style, styleFor } from "./terminal/style.ts";
import { counted, markVerdict, visible } from "./terminal/text.ts";

/** `weir policy test`: the cases beside a configuration, through its own chain. */
export const policyTest: Command<"policy test"> = {
  name: "policy test",
  summary: "Run the cases in tests/ and testing.suites through the policies; calls nobody",
  positionals: "[FILE…]",
  options: {
    ...POLICY_FILE_FLAGS,
    "pack-dir": { type: "string", help: `Folder that holds ${DEFAULT_CONFIG_FILE} and tests/, in place of this one` },
    tests: {
      type: "string",
      multiple: true,
      help: "A file or a folder of cases, in place of tests/ and testing.suites",
    },
    json: { type: "boolean", help: "Print JSON" },
  },
  example: "weir policy test --policy-config policy-config.yaml",
  async run(args, io) {
    const files = packFiles(args);
    const json = hasFlag(args, "json");
    const loaded = loadFiles(files, {}, io);
    const configs = files.length === 0 ? [DEFAULT_CONFIG_FILE] : files;
    const found = loaded.ok
      ? findCases(loaded.config, { cwd: io.cwd, configs, named: listFlag(args, "tests") })
      : { cases: [], problems: loaded.problems };
    if (!loaded.ok || found.problems.length > 0) {
      tellProblems(found.problems, io, { files, json: json ? { results: [] } : null });
      return 2;
    }
    const [{ runCase }, { judgeCase }, { createContextGuard }] = await Promise.all([
      import("./cases/run.ts"),
      import("./cases/judge.ts"),
      import("../lib/tokens/context-guard.ts"),
    ]);
    const guard = createContextGuard();
    const results: CaseResult[] = [];
    try {
      const stage = { config: loaded.config, env: io.env, guard };
      for (const { one, file } of found.cases) results.push(judgeCase(one, await runCase(stage, one), file));
    } finally {
      guard.close();
    }
    const ok = results.every(({ passed }) => passed);
    if (results.length === 0) io.err("There are no cases: write some in tests/*.yaml, or under testing.suites.\n");
    io.out(json ? `${JSON.stringify({ ok, results }, null, 2)}\n` : table(results, styleFor(io.terminal.out, io.env)));
    return ok ? 0 : 1;
  },
};

/** The configuration files: the one of `--pack-dir`, or those that are named. */
function packFiles(args: Arguments): readonly string[] {
  const named = namedFiles(args);
  const pack = textFlag(args, "pack-dir");
  if (pack === undefined) return named;
  if (named.length === 0) return [join(pack, DEFAULT_CONFIG_FILE)];
  throw usageError(`--pack-dir ${pack} and the file ${named[0]} cannot both be had: name one of them`);
}

function table(results: readonly CaseResult[], style: Style): string {
  const width = Math.max(4, ...results.map(({ name }) => visible(name).length));
  const lines = results.flatMap(({ name, verdict, reason_code: reason, passed, details }) => {
    const mark = passed ? style.good("pass") : style.bad("FAIL");
    const shown = markVerdict(verdict, verdict.padEnd(8), style);
    const line = `${mark}  ${visible(name).padEnd(width)}  ${shown}  ${reason ?? ""}`.trimEnd();
    return [line, ...details.failures.map((failure) => `      ${visible(failure)}`)];
  });
  const head = style.dim(`${"".padEnd(4)}  ${"CASE".padEnd(width)}  VERDICT   REASON`);
  const failed = results.filter(({ passed }) => !passed).length;
  const cases = counted(results.length, "case");
  const sum = failed === 0 ? style.good(`${cases}, all pass`) : style.bad(`${cases}, ${failed} failed`);
  return `${[...(results.length === 0 ? [] : [head]), ...lines, sum].join("\n")}\n`;
}
