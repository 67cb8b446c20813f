import type { StateDirSource } from "../../lib/state-dir.ts";
import type { Arguments, Command, Io } from "../command.ts";
import { usageError } from "./arguments.ts";

/** The flag that names the state directory. */
export const STATE_DIR_FLAG = {
  "state-dir": { type: "string", help: "State directory of the gateway; default as for gateway run" },
} as const satisfies Command["options"];

/** What says where the state directory is: the flag, or the environment. */
export function stateSource(args: Arguments, { env, cwd }: Io): StateDirSource {
  return { flag: textFlag(args, "state-dir"), env, cwd };
}

/** Whether a flag without a value is given. */
export function hasFlag({ flags }: Arguments, name: string): boolean {
  return flags[name] === true;
}

/** A flag that holds one string, or undefined. */
export function textFlag({ flags }: Arguments, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** The values of a flag that may be repeated. */
export function listFlag({ flags }: Arguments, name: string): readonly string[] {
  const value = flags[name];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" ? [value] : [];
}

/** One of `choices`, or a usage error that lists them. */
export function choiceFlag<T extends string>(args: Arguments, name: string, choices: readonly T[]): T | undefined {
  const value = textFlag(args, name);
  const found = choices.find((choice) => choice === value);
  if (value !== undefined && found === undefined) {
    throw usageError(`--${name} "${value}" is none of: ${choices.join(", ")}`);
  }
  return found;
}

/** `--limit`: how many of `what`, or a usage error; undefined where it is not given. */
export function limitFlag(args: Arguments, what: string): number | undefined {
  const text = textFlag(args, "limit");
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1) return Number(text);
  throw usageError(`--limit "${text}" is no number of ${what}: give a whole number from 1`);
}

/** `--format`, one of `choices`; `--json` stands for its json. A usage error where they say different things. */
export function formatFlag<T extends string>(args: Arguments, choices: readonly T[]): T | "json" | undefined {
  const format = choiceFlag(args, "format", choices);
  if (!hasFlag(args, "json")) return format;
  if (format !== undefined && format !== "json") throw usageError(`--json and --format ${format} cannot both be had`);
  return "json";
}
