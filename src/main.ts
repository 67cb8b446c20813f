import type { Io } from "./cli/command.ts";

/**
 * Bun reads this when the process starts: how many requests `fetch` keeps in flight, open streams included. Its default
 * is 256, and request 257 waits for ever.
 */
const FETCH_LIMIT = "BUN_CONFIG_MAX_HTTP_REQUESTS";

/** The commands that call upstreams; the others need not pay for a second start. */
const SERVING = ["gateway", "demo"];

/** Replaces this process by itself with the fetch limit lifted, once. Bun's own flags from outside end here. */
function restart(args: readonly string[]): void {
  const { BUN_OPTIONS: _, ...env } = process.env;
  process.execve?.(process.execPath, [process.argv0, ...args], {
    ...env,
    [FETCH_LIMIT]: "65535",
    NODE_ENV: "production",
  });
}

const args = process.argv.slice(2);
const serves = SERVING.some((command) => args.includes(command));
if (Bun.isStandaloneExecutable && serves && process.env[FETCH_LIMIT] === undefined) restart(args);

const { main }: { main(argv: readonly string[], io?: Io): Promise<number> } = await import("./cli/cli.ts");
process.exitCode = await main(args);
await new Promise((resolve) => process.stdout.write("", resolve));
process.exit();
