import type { Config } from "../../config/config.ts";
import type { LoadResult } from "../../config/load.ts";
import type { Problem } from "../../config/problem.ts";
import type { Runtime } from "../../gateway/gateway-api.ts";
import { buildInfo } from "../../lib/build-info.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { runJobs } from "../../scheduler/_run-jobs.ts";
import { readOwnValues } from "../../scheduler/grid-refresh.ts";
import { DEFAULT_ADDRESSES, parseListen } from "../../server/door/address.ts";
import { createHandler, type Handler } from "../../server/door/handler.ts";
import { type Listener, listen } from "../../server/door/listen.ts";
import type { ServerOptions } from "../../server/options.ts";
import { recordAccess } from "../../store/ledger/record-access.ts";
import type { Command, Io } from "../command.ts";
import { type Core, openCore } from "./core.ts";
import { drain, stopAsked } from "./drain.ts";
import { flushedFirst } from "./flushed-first.ts";
import { buildRuntime } from "./live-runtime.ts";
import { tokenHashes } from "./tokens.ts";

/** What a serving command decides; the rest is in the configuration. */
export interface ServiceOptions {
  /** Reads the configuration; asked again at every reload. */
  readonly load: () => LoadResult;
  readonly stateDirFlag: string | undefined;
  readonly failMode: "block" | "allow";
  /** Files whose change reloads; empty: none. */
  readonly watched: readonly string[];
  /** What the configuration was loaded with; logged at the start. */
  readonly warnings: readonly Problem[];
  /** Opens the listeners for the configured address; the default opens just that. */
  readonly open?: (address: string | undefined, start: StartListening) => Promise<readonly Listener[]>;
  /** Every command, for the reference under /docs. */
  readonly commands?: readonly Command[] | undefined;
  /** Called once when all listeners are open. */
  readonly onListening?: (listeners: readonly Listener[]) => void;
}

/** Opens the listeners of `HOST:PORT`, or the default ones. */
export type StartListening = (address: string | undefined) => Promise<readonly Listener[]>;

/** Serves until it is told to stop, and resolves to the exit code. Throws GatewayError for what keeps it from starting. */
export async function serve(config: Config, options: ServiceOptions, io: Io): Promise<number> {
  const core = await openCore(config, options, io);
  const { log, ledger, writer, guard, spending } = core;
  let isClosing = false;
  let release = (): void => {};
  try {
    const { live, runtime } = buildRuntime(config, options, core);
    let draining = false;
    const handler = createHandler(serverOptions(runtime, core, { ...options, draining: () => draining }));
    const idleTimeoutSeconds = config.server.keep_alive_timeout_seconds;
    const start: StartListening = (address) => {
      const addresses = address === undefined ? DEFAULT_ADDRESSES : parseListen(address);
      return core.pool?.listen(addresses, handler.answerOther) ?? listen(addresses, handler, { idleTimeoutSeconds });
    };
    const common = { grid: core.grid, env: io.env, fetch, clock: systemClock, log };
    await readOwnValues(config, common);
    const asked = stopAsked(io, systemClock);
    release = keepUp(() => void (isClosing || runtime.reload()), log, io);
    const listeners = await (options.open ?? start)(config.server.listen, start);
    for (const { url } of listeners) log.info({ url, config: runtime.gateway.configHash }, "listening");
    options.onListening?.(listeners);
    const stay = settleAtRest(handler, () => runtime.gateway.inFlight());
    const onReload = (tell: () => void): void => void core.onReload.push(tell);
    const spent = () => core.counters.spending();
    const jobs = { ...common, runtime, ledger, watched: options.watched, spent, spendingFile: spending.file, onReload };
    const stopJobs = runJobs({ ...jobs, signHead: core.receipts.signHead, keepHead: core.keepHead });
    const code = await drain({
      asked,
      listeners,
      drainSeconds: () => runtime.gateway.config.server.drain_seconds,
      drained: async () => void (await Promise.all([live.drained(), core.pool?.drained()])),
      cut() {
        live.cut();
        void core.pool?.cut();
      },
      onStop() {
        draining = true;
        stay();
        stopJobs();
      },
      clock: systemClock,
      log,
    });
    spending.close(core.counters);
    return code;
  } finally {
    isClosing = true;
    core.pool?.close();
    guard.close();
    await core.counters.close();
    await core.receipts.writer.close();
    await core.telemetry.close();
    await writer.close();
    release();
  }
}

/** How long a gateway must have been there. */
const AT_REST_MS = 1_000;

/**
 * Makes what the start did without, and gives back what only the start needed, once: 4 MB of 77. Nobody is served in
 * these 20 to 40 ms, so only where nobody is to be at that moment. The returned function cancels.
 */
function settleAtRest({ app }: Pick<Handler, "app">, inFlight: () => number): () => void {
  const settle = async (): Promise<void> => {
    await app();
    Bun.gc(true);
    Bun.shrink();
  };
  return systemClock.after(AT_REST_MS, () => {
    if (inFlight() === 0) void settle();
  });
}

interface Ask extends Pick<ServiceOptions, "load" | "commands"> {
  readonly draining: () => boolean;
}

function serverOptions(runtime: Runtime, core: Core, { load, commands, draining }: Ask): ServerOptions {
  const { ledger, writer, metrics, log, directory, io } = core;
  return {
    runtime,
    ledger: flushedFirst(ledger, writer),
    receipts: core.receipts.shown,
    grid: core.grid,
    watched: () => ({ ledger: writer.stats(), counters: core.counters.stats(), grid: core.grid.sources() }),
    escalations: core.escalations,
    async ledgerHead() {
      await writer.flush();
      const head = await ledger.head();
      return head === null ? null : core.receipts.signHead(head);
    },
    recordAccess: (access) => recordAccess(ledger, access, systemClock),
    loadConfig: load,
    metrics,
    ...tokenHashes(() => runtime.gateway.config, directory, io),
    build: buildInfo,
    commands: commands ?? [],
    clock: systemClock,
    log,
    draining,
  };
}

/** What others do on these differs (open a log anew, trace, stop), and whoever sends one by habit means no end. */
const MEANINGLESS = ["SIGUSR1", "SIGUSR2"] as const;

/** SIGHUP reloads; signals that mean nothing here and what nobody caught are logged, and the process stays up. */
function keepUp(reload: () => void, log: Logger, io: Io): () => void {
  const meaningless = (signal: string): void =>
    log.warn({ signal }, "a signal that means nothing to the gateway: SIGHUP reloads, SIGTERM and SIGINT stop it");
  for (const signal of MEANINGLESS) process.on(signal, meaningless);
  const uncaught = (err: unknown): void => log.error({ err }, "an error that nobody caught; the gateway goes on");
  process.on("uncaughtException", uncaught);
  process.on("unhandledRejection", uncaught);
  // for good, as with those that stop: after the last request too its default would be to end the process
  io.onHangup?.(reload);
  return () => {
    for (const signal of MEANINGLESS) process.off(signal, meaningless);
    process.off("uncaughtException", uncaught);
    process.off("unhandledRejection", uncaught);
  };
}
