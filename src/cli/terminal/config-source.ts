import { resolve } from "node:path";
import { readFromDisk } from "../../config/layers/read.ts";
import { type LoadInput, type LoadResult, loadConfig } from "../../config/load.ts";
import { type Problem, showProblem } from "../../config/problem.ts";
import type { Arguments, Command, Io } from "../command.ts";
import { listFlag } from "./flags.ts";
import { styleFor } from "./style.ts";
import { visible } from "./text.ts";

/** The file that is read when none is named. */
export const DEFAULT_CONFIG_FILE = "policy-config.yaml";

/** Flags that set a value of the configuration, and the path they set. */
const CONFIG_FLAGS: Readonly<Record<string, string>> = {
  listen: "server.listen",
  "max-concurrency": "server.max_concurrency",
  workers: "server.workers",
};

/** The flag that names configuration files. */
export const POLICY_CONFIG_FLAG = {
  "policy-config": {
    type: "string",
    multiple: true,
    help: `Configuration file, later ones over earlier ones; default ${DEFAULT_CONFIG_FILE}`,
  },
} as const satisfies Command["options"];

/** The same for the commands on policies, which take files by two names, or by none. */
export const POLICY_FILE_FLAGS = {
  ...POLICY_CONFIG_FLAG,
  file: { type: "string", multiple: true, help: "The same as --policy-config" },
} as const satisfies Command["options"];

/** The files that {@link POLICY_FILE_FLAGS} name; those of the variable only where the command line names none. */
export function namedFiles(args: Arguments): readonly string[] {
  const isSet = (flag: string): boolean => args.variables?.[flag] === undefined;
  const flags = ["policy-config", "file"];
  const said = [...flags.filter(isSet).flatMap((flag) => listFlag(args, flag)), ...args.positionals];
  return said.length > 0 ? said : flags.flatMap((flag) => listFlag(args, flag));
}

/** The flags of a command line that set values of the configuration, as {@link loadConfig} takes them. */
export function configFlags({ flags, variables = {} }: Arguments): NonNullable<LoadInput["flags"]> {
  return Object.fromEntries(
    Object.entries(CONFIG_FLAGS).flatMap(([flag, path]) => {
      const value = flags[flag];
      if (typeof value !== "string") return [];
      const variable = variables[flag];
      return [[path, variable === undefined ? value : { value, variable }]];
    }),
  );
}

/** Loads the named files, seen from the working directory; without any, the default one. */
export function loadFiles(files: readonly string[], flags: LoadInput["flags"], io: Io): LoadResult {
  return loadConfig({
    files: files.length === 0 ? [DEFAULT_CONFIG_FILE] : files,
    env: io.env,
    flags,
    readFile: (path) => readFromDisk(resolve(io.cwd, path)),
  });
}

/**
 * What the files of {@link POLICY_CONFIG_FLAG}, or the default one, come to; null where that is not a usable configuration,
 * and then what is wrong with it has been said: the command ends with 2.
 */
export function loadOrTell(
  args: Arguments,
  flags: LoadInput["flags"],
  io: Io,
): Extract<LoadResult, { ok: true }> | null {
  const files = listFlag(args, "policy-config");
  const loaded = loadFiles(files, flags, io);
  if (loaded.ok) return loaded;
  tellProblems(loaded.problems, io, { files, json: null });
  return null;
}

/**
 * Says what is wrong with the named files, or with the default one: for people, or as `json` with the problems in it. The
 * command ends with 2.
 */
export function tellProblems(
  problems: readonly Problem[],
  io: Io,
  { files, json }: { readonly files: readonly string[]; readonly json: object | null },
): void {
  if (json === null) writeProblems(problems, io, "err");
  else io.out(`${JSON.stringify({ ok: false, ...json, problems: asJson(problems) }, null, 2)}\n`);
  io.err(missingDefaultHint(files, problems));
}

/** Problems as commands print them in JSON: the same members in each. */
export function asJson(problems: readonly Problem[]): readonly object[] {
  return problems.map((each) => ({ ...each, suggestion: each.suggestion ?? null }));
}

/** Problems for people, a line each, and what to do where no file was named and none is there. */
export function writeProblems(problems: readonly Problem[], io: Io, to: "out" | "err"): void {
  const style = styleFor(io.terminal[to], io.env);
  const lines = problems.map((each) => {
    const line = visible(showProblem(each));
    const mark = each.severity === "error" ? style.bad : style.warn;
    return `${line.replace(each.code, mark(`${each.severity} ${each.code}`))}\n`;
  });
  io[to](lines.join(""));
}

/** What to do where no file was named and the default one is not there; empty in every other case. */
export function missingDefaultHint(files: readonly string[], problems: readonly Problem[]): string {
  const missing = problems.some((each) => each.code === "E006" && each.message.includes("there is no such file"));
  if (files.length > 0 || !missing) return "";
  return "Name a file, write one with weir init, or try weir demo.\n";
}
