import { parseArgs } from "node:util";
import { GatewayError } from "../../lib/errors.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Arguments, Command } from "../command.ts";

/** Something the user must write differently: exit code 2. */
export function usageError(message: string): GatewayError {
  return new GatewayError("invalid_request", message);
}

type Options = Command["options"];
type FlagValue = string | boolean | readonly (string | boolean)[];
type Environment = Readonly<Record<string, string | undefined>>;

/** `WEIR_POLICY_CONFIG` for `policy-config`. */
export function variableOf(flag: string): string {
  return `WEIR_${flag.toUpperCase().replaceAll("-", "_")}`;
}

/**
 * Flags and positionals of a command. A flag that is not given is looked up in its environment variable (a flag that
 * may be repeated holds several values there, separated by commas). Throws a usage error with what would be right.
 */
export function readArguments(command: Command, args: readonly string[], env: Environment): Arguments {
  const { options } = command;
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = fromLine(options, tokens);
  const flags: Record<string, FlagValue> = { ...fromEnvironment(options, env), ...given };
  checkPositionals(command, positionals);
  const fromVariables = Object.keys(flags).filter((flag) => !Object.hasOwn(given, flag));
  return { flags, positionals, variables: Object.fromEntries(fromVariables.map((flag) => [flag, variableOf(flag)])) };
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

function fromLine(options: Options, tokens: readonly Token[]): Record<string, FlagValue> {
  const flags: Record<string, FlagValue> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) throw unknownFlag(token.rawName, options);
    const value = option.type === "boolean" ? switched(token) : valued(token);
    if (option.multiple !== true) flags[token.name] = value;
    else flags[token.name] = [...((flags[token.name] as string[] | undefined) ?? []), value as string];
  }
  return flags;
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function switched({ rawName, value }: OptionToken): boolean {
  if (value === undefined || value === "true") return true;
  if (value === "false") return false;
  throw usageError(`${rawName} takes no value, got "${value}"`);
}

function valued({ rawName, value, inlineValue }: OptionToken): string {
  if (value === undefined || value === "") throw usageError(`${rawName} needs a value`);
  if (inlineValue !== true && value.length > 1 && value.startsWith("-")) {
    throw usageError(
      `${rawName} needs a value, got the flag ${value}; a value with a dash is written ${rawName}=${value}`,
    );
  }
  return value;
}

function unknownFlag(given: string, options: Options): GatewayError {
  const known = [...Object.keys(options), "help"];
  const meant = nearest(given.replace(/^-+/, ""), known);
  const hint =
    meant === undefined ? `there are ${known.map((name) => `--${name}`).join(", ")}` : `did you mean --${meant}?`;
  return usageError(`${given} is no flag of this command: ${hint}`);
}

function fromEnvironment(options: Options, env: Environment): Record<string, FlagValue> {
  const flags: Record<string, FlagValue> = {};
  for (const [flag, option] of Object.entries(options)) {
    const name = variableOf(flag);
    const given = env[name];
    if (given === undefined || given === "") continue;
    if (option.type === "boolean") flags[flag] = truth(name, given);
    else flags[flag] = option.multiple === true ? given.split(",").filter((part) => part !== "") : given;
  }
  return flags;
}

function truth(name: string, given: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(given)) return true;
  if (/^(?:0|false|no|off)$/i.test(given)) return false;
  throw usageError(`The environment variable ${name} is a switch: set it to true or false, not "${given}"`);
}

/** `FILE…` takes one or more, `[FILE]` none or one, `FILE` exactly one, the empty string none. */
function checkPositionals({ positionals: shape, name }: Command, given: readonly string[]): void {
  const optional = shape.startsWith("[");
  const many = shape.includes("…");
  if (given.length === 0 && shape !== "" && !optional) throw usageError(`weir ${name} needs ${shape}`);
  const extra = many ? undefined : given[shape === "" ? 0 : 1];
  if (extra !== undefined) throw usageError(`weir ${name} does not take "${extra}"`);
}
