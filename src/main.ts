import type { Io } from "./cli/command.ts";

/**
 * Bun reads this when the process starts: how many requests `fetch` keeps in flight, open streams included. Its default
 * is 256, and request 257 waits for ever.
 */
const FETCH_LIMIT = "BUN_CONFIG_MAX_HTTP_REQUESTS";

/**
 * Read then, too: for how many seconds an address is taken for a name's, 30 by default, and also where nobody answers
 * there any more. A service that fails over by its name would be gone for that long.
 */
const ADDRESSES_KEPT = { BUN_CONFIG_DNS_TIME_TO_LIVE_SECONDS: "5" };

/** The commands that call upstreams; the others need not pay for a second start. */
const SERVING = ["gateway", "demo"];

/**
 * Replaces this process by itself with the fetch limit lifted, once. Bun's own options from outside end here, and so does
 * its habit of printing every call with key and prompt, where that is switched on.
 */
function restart(args: readonly string[]): void {
  const { BUN_OPTIONS: _, BUN_CONFIG_VERBOSE_FETCH: __, ...env } = process.env;
  const lifted = { ...ADDRESSES_KEPT, ...env, [FETCH_LIMIT]: "65535", NODE_ENV: "production" };
  try {
    process.execve?.(process.execPath, [process.argv0, ...args], lifted);
  } catch (error) {
    process.stderr.write(`weir: at most 256 upstream requests at once: could not restart: ${String(error)}\n`);
  }
}

/** Resolves when what was written has left the process; `process.exit` alone would cut a pipe off at 64 KiB. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> => new Promise((resolve) => stream.end(() => resolve()));

const args = process.argv.slice(2);
const serves = SERVING.includes(args[0] ?? "");
if (Bun.isStandaloneExecutable && serves && process.env[FETCH_LIMIT] === undefined) restart(args);

const { main }: { main(argv: readonly string[], io?: Io): Promise<number> } = await import("./cli/cli.ts");
const code = await main(args);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
