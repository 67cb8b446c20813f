import { closeSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { GatewayError } from "../../lib/errors.ts";
import type { Arguments, Command, Io } from "../command.ts";
import { textFlag } from "./flags.ts";

/** The flag that sends what a command writes to a file. */
export const OUTPUT_FLAG = {
  output: { type: "string", help: "File to write to in place of stdout; what it held is replaced" },
} as const satisfies Command["options"];

/**
 * Runs `write` with somewhere to write results to: the file of `--output`, which only its owner may read, else stdout.
 * Throws GatewayError where that file cannot be written.
 */
export async function withOutput(
  args: Arguments,
  io: Io,
  write: (out: (text: string) => void) => Promise<number>,
): Promise<number> {
  const path = textFlag(args, "output");
  if (path === undefined) return write((text) => io.out(text));
  const file = attempt(path, () => openSync(resolve(io.cwd, path), "w", 0o600));
  try {
    return await write((text) => attempt(path, () => writeWhole(file, text)));
  } finally {
    closeSync(file);
  }
}

/** A write may take less than it was given. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new GatewayError("internal", `Could not write --output "${path}": ${why}`, { cause: thrown });
  }
}
