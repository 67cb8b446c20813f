import { readFileSync } from "node:fs";
import { systemClock } from "../../lib/clock.ts";
import { stateDir } from "../../lib/state-dir.ts";
import { DEFAULT_LEDGER, visitLedger } from "../../store/ledger/open.ts";
import { recordAccess } from "../../store/ledger/record-access.ts";
import type { ChainedLedger } from "../../store/store.ts";
import type { Arguments, Command, Io } from "../command.ts";
import { STATE_DIR_FLAG, stateSource, textFlag } from "../terminal/flags.ts";

/** Flags of every command that reads a ledger. */
export const LEDGER_FLAGS = {
  ...STATE_DIR_FLAG,
  store: { type: "string", help: `store.url of the gateway; default ${DEFAULT_LEDGER}` },
} as const satisfies Command["options"];

/** Who runs this, by the system's own word: `os.userInfo` of Bun believes the variable USER. */
function user(): string {
  const uid = String(process.getuid?.() ?? "unknown");
  try {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((entry) => entry.split(":")[2] === uid);
    return line === undefined ? `uid ${uid}` : `${line.split(":")[0]} (uid ${uid})`;
  } catch {
    return `uid ${uid}`;
  }
}

/** Where the ledger is that the flags name. */
export function ledgerPlace(args: Arguments, io: Io): { readonly url: string; readonly directory: string } {
  return { url: textFlag(args, "store") ?? DEFAULT_LEDGER, directory: stateDir(stateSource(args, io)) };
}

/** What a reading command is called and what it looks for, for the row that `log_all_access` asks for. */
export interface Reading {
  readonly what: string;
  readonly filter: Readonly<Record<string, string | number | boolean | undefined>>;
}

/**
 * Opens the ledger that the flags name, writes down who reads (where the gateway's `log_all_access` asks for it), reads,
 * and closes it. Throws GatewayError where there is no ledger or the reading cannot be written down.
 */
export async function readLedger(
  { args, io, what, filter }: Reading & { readonly args: Arguments; readonly io: Io },
  read: (ledger: ChainedLedger) => Promise<number>,
): Promise<number> {
  const { url, directory } = ledgerPlace(args, io);
  const ledger = visitLedger(url, directory);
  try {
    await recordAccess(ledger, { who: user(), via: "cli", what, filter }, systemClock);
    return await read(ledger);
  } finally {
    await ledger.close();
  }
}
