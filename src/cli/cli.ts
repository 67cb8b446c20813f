import { GatewayError } from "../lib/errors.ts";
import { nearest } from "../lib/nearest.ts";
import type { Command, Io } from "./command.ts";
import { commands } from "./index.ts";
import { readArguments, usageError } from "./terminal/arguments.ts";
import { commandHelp, overview } from "./terminal/help.ts";
import { systemIo } from "./terminal/io.ts";
import { styleFor } from "./terminal/style.ts";

const ALL: readonly Command[] = Object.values(commands);
const HELP = ["--help", "-h"];
/** What other programs call some of ours. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  serve: "gateway run",
  start: "gateway run",
  up: "gateway run",
  check: "policy lint",
  validate: "policy lint",
  logs: "events tail",
};

/** Runs one command line and resolves to the exit code: 0 done, 1 failed, 2 usage or invalid configuration. */
export async function main(argv: readonly string[], io: Io = systemIo()): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (thrown) {
    const style = styleFor(io.terminal.err, io.env);
    io.err(`${style.bad("weir:")} ${messageOf(thrown)}\n`);
    return isUsage(thrown) ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const style = styleFor(io.terminal.out, io.env);
  const [first, ...rest] = argv;
  if (first === undefined || HELP.includes(first)) {
    io.out(overview(ALL, style));
    return 0;
  }
  if (first === "--version" || first === "-V" || first === "-v")
    return commands.version.run({ flags: {}, positionals: [] }, io);
  if (first === "help") return help(rest, io);
  if (first.startsWith("-")) throw usageError(`The command comes before its flags, got ${first}: see weir --help`);
  const { command, words } = find(argv);
  const args = argv.slice(words);
  if (command === null) {
    if (!args.some((argument) => HELP.includes(argument))) throw unknown(argv);
    io.out(overview(ALL, style, first));
    return 0;
  }
  if (beforeTerminator(args).some((argument) => HELP.includes(argument))) {
    io.out(commandHelp(command, style));
    return 0;
  }
  return command.run(readOrPoint(command, args, io), io, ALL);
}

function help(words: readonly string[], io: Io): number {
  const style = styleFor(io.terminal.out, io.env);
  const asked = words.filter((word) => !word.startsWith("-"));
  if (asked.length === 0) {
    io.out(overview(ALL, style));
    return 0;
  }
  const { command } = find(asked);
  if (command === null && (asked.length > 1 || !isGroup(asked[0]!))) throw unknown(asked);
  io.out(command === null ? overview(ALL, style, asked[0]) : commandHelp(command, style));
  return 0;
}

/** The command that the first words name, and how many words that were; null for a group's bare name. */
function find(argv: readonly string[]): { command: Command | null; words: number } {
  const names = [argv.slice(0, 2).join(" "), argv[0]!];
  for (const name of names) {
    const command = ALL.find((one) => one.name === name);
    if (command !== undefined) return { command, words: name.split(" ").length };
  }
  if (isGroup(argv[0]!) && (argv[1] === undefined || argv[1].startsWith("-"))) return { command: null, words: 1 };
  throw unknown(argv);
}

function isGroup(word: string): boolean {
  return ALL.some(({ name }) => name.startsWith(`${word} `));
}

function unknown(argv: readonly string[]): GatewayError {
  const [first, second] = argv;
  if (isGroup(first!) && (second === undefined || second.startsWith("-"))) {
    const all = ALL.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => `weir ${name}`);
    return usageError(`weir ${first} needs a second word: ${all.join(", ")}`);
  }
  const given = isGroup(first!) ? `${first} ${second}` : first!;
  const names = ALL.map(({ name }) => name);
  const near = nearest(argv.slice(0, 2).join(" "), names) ?? nearest(first!, names);
  const meant = ELSEWHERE[first!] ?? near;
  const hint = meant === undefined ? "see weir --help" : `did you mean weir ${meant}?`;
  return usageError(`"${given}" is no command: ${hint}`);
}

function beforeTerminator(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}

function readOrPoint(command: Command, args: readonly string[], io: Io) {
  try {
    return readArguments(command, args, io.env);
  } catch (thrown) {
    if (!isUsage(thrown)) throw thrown;
    throw usageError(`${thrown.message}; see weir ${command.name} --help`);
  }
}

/** A wrong use is what `invalid_request` is on the wire. */
function isUsage(thrown: unknown): thrown is GatewayError {
  return thrown instanceof GatewayError && thrown.code === "invalid_request";
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof GatewayError) return thrown.message;
  return thrown instanceof Error ? `an internal error: ${thrown.stack ?? thrown.message}` : String(thrown);
}
