import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { freePort, logged } from "./child-server.ts";
import { emptyFolder } from "./empty-folder.ts";
import { needs } from "./require.ts";

/** The program, whichever of the two the machine has; null without one. */
const PROGRAM = Bun.which("valkey-server") ?? Bun.which("redis-server");

/** Whether a server can be started; use it as `describe.skipIf(!hasRedis)`. */
export const hasRedis = needs(["valkey-server", "redis-server"], PROGRAM !== null);

/** A Redis or Valkey server on a port of its own. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends it; what it holds is on disk. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with what it held. */
  start(): Promise<void>;
  /** Makes it hang (SIGSTOP) and go on (SIGCONT). */
  hang(): void;
  goOn(): void;
  /** One command through a connection of its own. */
  send(command: string, ...args: readonly string[]): Promise<unknown>;
}

/** Starts one in a directory of its own. */
export async function startRedis(flags: readonly string[] = []): Promise<RedisServer> {
  const directory = emptyFolder();
  const port = freePort();
  let child: Subprocess | null = null;
  const url = `redis://127.0.0.1:${port}`;
  const start = async (): Promise<void> => {
    const where = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes"];
    child = Bun.spawn([PROGRAM!, ...where, "--save", "", ...flags], { stdout: "pipe", stderr: "inherit" });
    await logged(child.stdout as ReadableStream<Uint8Array>, "Ready to accept connections");
  };
  const stop = async (): Promise<void> => {
    child?.kill("SIGCONT");
    child?.kill("SIGTERM");
    await child?.exited;
  };
  await start();
  return {
    url,
    port,
    start,
    stop,
    hang: () => child?.kill("SIGSTOP"),
    goOn: () => child?.kill("SIGCONT"),
    async send(command, ...args) {
      const client = new Bun.RedisClient(url, { autoReconnect: false });
      try {
        return await client.send(command, [...args]);
      } finally {
        client.close();
      }
    },
    async [Symbol.asyncDispose]() {
      child?.kill("SIGCONT");
      child?.kill("SIGKILL");
      await child?.exited;
      rmSync(join(directory), { recursive: true, force: true });
    },
  };
}

let server: Promise<RedisServer> | undefined;

/** The server of all tests of a file; end it with {@link stopServer}. */
export function sharedServer(): Promise<RedisServer> {
  server ??= startRedis();
  return server;
}

/** Ends the server of {@link sharedServer}. */
export async function stopServer(): Promise<void> {
  await (await server)?.[Symbol.asyncDispose]();
  server = undefined;
}
