import { userInfo } from "node:os";
import { systemClock } from "../lib/clock.ts";
import { GatewayError } from "../lib/errors.ts";
import { stateDir } from "../lib/state-dir.ts";
import { DEFAULT_LEDGER, visitLedger } from "../store/open-ledger.ts";
import { recordAccess } from "../store/record-access.ts";
import type { ChainedLedger } from "../store/store.ts";
import type { Arguments, Command, Io } from "./command.ts";

type Options = Command["options"];

/** Flags of every command that reads a ledger. */
export const LEDGER_FLAGS = {
  "state-dir": { type: "string", help: "State directory of the gateway; default as for gateway run" },
  store: { type: "string", help: `store.url of the gateway; default ${DEFAULT_LEDGER}` },
} as const satisfies Options;

/** A flag that holds one string, or undefined. */
export function textFlag({ flags }: Arguments, name: string): string | undefined {
  const value = flags[name];
  return typeof value === "string" ? value : undefined;
}

/** A wrong use of a command; `readLedger` turns it into exit code 2. */
export function usage(message: string): GatewayError {
  return new GatewayError("invalid_request", message);
}

/** One of `choices`, or a usage error that lists them. */
export function choiceFlag<T extends string>(args: Arguments, name: string, choices: readonly T[]): T | undefined {
  const value = textFlag(args, name);
  const found = choices.find((choice) => choice === value);
  if (value !== undefined && found === undefined) {
    throw usage(`--${name} "${value}" is none of: ${choices.join(", ")}`);
  }
  return found;
}

function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** What a reading command is called and what it looks for, for the row that `log_all_access` asks for. */
export interface Reading {
  readonly what: string;
  readonly filter: Readonly<Record<string, string | number | boolean | undefined>>;
}

/**
 * Opens the ledger, writes down who reads (where the gateway's `log_all_access` asks for it) and reads. Failures become
 * a line on stderr and the exit code: 2 for a wrong use, 1 for the rest.
 */
export async function readLedger(
  args: Arguments,
  io: Io,
  read: (open: (reading: Reading) => Promise<ChainedLedger>) => Promise<number>,
): Promise<number> {
  let ledger: ChainedLedger | null = null;
  const open = async (reading: Reading): Promise<ChainedLedger> => {
    const source = { flag: textFlag(args, "state-dir"), env: io.env, cwd: io.cwd };
    ledger = visitLedger(textFlag(args, "store") ?? DEFAULT_LEDGER, stateDir(source));
    await recordAccess(ledger, { who: user(), via: "cli", ...reading }, systemClock);
    return ledger;
  };
  try {
    return await read(open);
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    io.err(`weir: ${thrown.message}\n`);
    return thrown.code === "invalid_request" ? 2 : 1;
  } finally {
    await (ledger as ChainedLedger | null)?.close();
  }
}
