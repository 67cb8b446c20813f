import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import demoConfig from "../../config/demo.yaml" with { type: "text" };
import { type LoadResult, loadConfig } from "../config/load.ts";
import { systemClock } from "../lib/clock.ts";
import { GatewayError } from "../lib/errors.ts";
import { makeToken, storedHash, storeToken } from "../server/admin-token.ts";
import { parseListen } from "../server/door/address.ts";
import type { Listener } from "../server/door/listen.ts";
import type { Command, Io } from "./command.ts";
import type { StartListening } from "./service/service.ts";
import { usageError } from "./terminal/arguments.ts";
import { writeProblems } from "./terminal/config-source.ts";
import { textFlag } from "./terminal/flags.ts";
import { styleFor } from "./terminal/style.ts";

/** The name under which problems of the built-in document would be shown. */
const FILE = "demo.yaml";

/** `weir demo`: the gateway on simulated targets, with no key and no configuration. */
export const demo: Command<"demo"> = {
  name: "demo",
  summary: "Run the gateway on simulated models in eight regions: no key, no configuration",
  positionals: "",
  options: {
    listen: { type: "string", help: "Where to listen; default 127.0.0.1:8080 and [::1]:8080, or a free port" },
    "state-dir": { type: "string", help: "Keep the ledger there; default a temporary directory" },
    traffic: { type: "string", help: "Requests a minute that it makes of itself, 0 to 600; default 20" },
  },
  example: "weir demo --listen 127.0.0.1:8080",
  async run(args, io, commands) {
    const listen = textFlag(args, "listen");
    if (listen !== undefined) parseListen(listen);
    const perMinute = perMinuteOf(textFlag(args, "traffic"));
    const startedAt = new Date(systemClock.now()).toISOString();
    const given = textFlag(args, "state-dir");
    const temporary = given === undefined ? temporaryDirectory() : null;
    const inMemory = given === undefined && temporary === null;
    const load = () =>
      loadConfig({
        files: [FILE],
        env: { ...withoutOverrides(io.env), WEIR_DEMO_STARTED: startedAt },
        flags: { "server.listen": listen, "store.url": inMemory ? "memory:" : undefined },
        readFile: () => new TextEncoder().encode(demoConfig as string),
      });
    try {
      return await run(load, { stateDir: given ?? temporary ?? undefined, listen, inMemory, perMinute, commands, io });
    } finally {
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    }
  },
};

interface DemoOptions {
  readonly stateDir: string | undefined;
  readonly listen: string | undefined;
  readonly inMemory: boolean;
  /** Requests of its own. */
  readonly perMinute: number;
  readonly commands: readonly Command[] | undefined;
  readonly io: Io;
}

async function run(
  load: () => LoadResult,
  { stateDir, listen, inMemory, perMinute, commands, io }: DemoOptions,
): Promise<number> {
  const loaded = load();
  if (!loaded.ok) {
    writeProblems(loaded.problems, io, "err");
    return 2;
  }
  const [{ serve }, { programHere, quickStart }, { playTraffic }] = await Promise.all([
    import("./service/service.ts"),
    import("./demo/quick-start.ts"),
    import("./demo/traffic.ts"),
  ]);
  const fresh = stateDir !== undefined && !inMemory && storedHash(stateDir) === null;
  const token = fresh ? makeToken() : null;
  if (token !== null && stateDir !== undefined) storeToken(stateDir, token);
  const stop = new AbortController();
  const release = io.onStop(() => stop.abort());
  const onListening = (all: readonly Listener[]): void => {
    const kept = inMemory ? null : (stateDir ?? null);
    const program = programHere(process.execPath, io.cwd, Bun.which("weir", { PATH: io.env["PATH"] ?? "" }) !== null);
    const place = { url: urlToTry(all), token, stateDir: kept, perMinute, program };
    io.out(quickStart(place, styleFor(io.terminal.out, io.env)));
    if (perMinute > 0) void playTraffic({ url: all[0]!.url, perMinute, stop: stop.signal });
  };
  const open = (_: string | undefined, start: StartListening) => openSomewhere(listen, start, io);
  const common = { load, stateDirFlag: stateDir, watched: [], commands, warnings: loaded.problems };
  try {
    return await serve(loaded.config, { ...common, failMode: "block", open, onListening }, io);
  } finally {
    release();
    stop.abort();
  }
}

/** How many requests a minute the demo makes of itself. */
function perMinuteOf(flag: string | undefined): number {
  if (flag === undefined) return 20;
  const value = /^\d{1,3}$/.test(flag) ? Number(flag) : Number.NaN;
  if (!(value <= 600)) throw usageError(`--traffic must be a number of requests a minute from 0 to 600, not "${flag}"`);
  return value;
}

/** The address asked for; without one the usual port, and any free one where that is taken. */
async function openSomewhere(listen: string | undefined, start: StartListening, io: Io): Promise<readonly Listener[]> {
  if (listen !== undefined) return start(listen);
  try {
    return await start(undefined);
  } catch (error) {
    const cause = error instanceof GatewayError ? (error.cause as { code?: string } | undefined) : undefined;
    if (cause?.code !== "EADDRINUSE") throw error;
    io.err("Port 8080 is taken, so a free one is used; choose one with --listen HOST:PORT\n");
    return start("localhost:0");
  }
}

/** What a person types: `localhost` where that reaches one of them. */
function urlToTry(listeners: readonly Listener[]): string {
  const [first] = listeners;
  if (first === undefined) return "";
  const { hostname, port } = first.address;
  const local = listeners.length > 1 || hostname === "0.0.0.0" || hostname === "::";
  return local ? `http://localhost:${port}` : first.url;
}

/** Null where nothing can be written at all; the ledger is then kept in memory. */
function temporaryDirectory(): string | null {
  try {
    return mkdtempSync(join(tmpdir(), "weir-demo-"));
  } catch {
    return null;
  }
}

/** Overrides are meant for a configuration of one's own; on this one most would name nothing and fail. */
function withoutOverrides(env: Io["env"]): Io["env"] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("WEIR__")));
}
