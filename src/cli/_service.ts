import type { Config } from "../config/config.ts";
import { freshnessRules } from "../config/grid-plans.ts";
import type { LoadResult } from "../config/load.ts";
import type { Problem } from "../config/problem.ts";
import { createGateway } from "../gateway/build.ts";
import type { RunningGateway } from "../gateway/gateway.ts";
import type { Runtime } from "../gateway/gateway-api.ts";
import { GridBook } from "../gateway/grid-book.ts";
import { buildInfo } from "../lib/build-info.ts";
import { systemClock } from "../lib/clock.ts";
import { connectTime } from "../lib/connect-time.ts";
import { keyedDigest } from "../lib/digest.ts";
import { MINUTE_MS } from "../lib/durations.ts";
import type { Logger } from "../lib/logger.ts";
import { openStateDir, stateDir } from "../lib/state-dir.ts";
import { createContextGuard } from "../lib/tokens/context-guard.ts";
import { runJobs } from "../scheduler/_run-jobs.ts";
import { readOwnValues } from "../scheduler/grid-refresh.ts";
import type { ChainHead } from "../schema/ledger.ts";
import { DEFAULT_ADDRESSES, parseListen } from "../server/address.ts";
import { addGauges } from "../server/gauges.ts";
import { addGridGauges } from "../server/grid-gauges.ts";
import { createHandler } from "../server/handler.ts";
import { type Listener, listen } from "../server/listen.ts";
import type { ServerOptions } from "../server/options.ts";
import { LiveRuntime } from "../server/runtime.ts";
import { openAuditKey } from "../store/audit-key.ts";
import { openCounters } from "../store/counters/open-counters.ts";
import { keptHeads } from "../store/kept-heads.ts";
import { openLedger, reachLedger } from "../store/open-ledger.ts";
import { recordAccess } from "../store/record-access.ts";
import { LedgerWriter } from "../store/writer.ts";
import { drain, stopAsked } from "./_drain.ts";
import { ProcessEscalations } from "./_escalations.ts";
import { flushedFirst } from "./_flushed-first.ts";
import { createLog } from "./_log.ts";
import { pooledRuntime } from "./_pooled-runtime.ts";
import { openReceipts } from "./_receipts.ts";
import { createWorkers, workersOf } from "./_serve-workers.ts";
import { keepSpending } from "./_spending.ts";
import { openTelemetry } from "./_telemetry.ts";
import { firstToken, tokenHashes } from "./_tokens.ts";
import type { Command, Io } from "./command.ts";

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
  let release = (): void => {};
  try {
    const { live, runtime } = buildRuntime(config, options, core);
    let draining = false;
    const handler = createHandler(serverOptions(runtime, core, { ...options, draining: () => draining }));
    const idleTimeoutSeconds = config.server.idle_timeout_seconds;
    const start: StartListening = (address) => {
      const addresses = address === undefined ? DEFAULT_ADDRESSES : parseListen(address);
      return core.pool?.listen(addresses, handler.answerOther) ?? listen(addresses, handler, { idleTimeoutSeconds });
    };
    const common = { grid: core.grid, env: io.env, fetch, clock: systemClock, log };
    await readOwnValues(config, common);
    const stop = stopAsked(io);
    release = keepUp(() => void runtime.reload(), log, io);
    const listeners = await (options.open ?? start)(config.server.listen, start);
    for (const { url } of listeners) log.info({ url, config: runtime.gateway.configHash }, "listening");
    options.onListening?.(listeners);
    const onReload = (tell: () => void): void => void core.onReload.push(tell);
    const jobs = { ...common, runtime, ledger, watched: options.watched, spendingFile: spending.file, onReload };
    const stopJobs = runJobs({ ...jobs, signHead: core.receipts.signHead, keepHead: core.keepHead });
    const code = await drain({
      stop,
      listeners,
      drainSeconds: () => runtime.gateway.config.server.drain_seconds,
      drained: async () => void (await Promise.all([live.drained(), core.pool?.drained()])),
      cut() {
        live.cut();
        void core.pool?.cut();
      },
      onStop() {
        draining = true;
        stopJobs();
      },
      clock: systemClock,
      log,
      io,
    });
    spending.close(runtime.gateway);
    return code;
  } finally {
    release();
    core.pool?.close();
    guard.close();
    await core.counters.close();
    core.receipts.writer.close();
    await core.telemetry.close();
    await writer.close();
  }
}

/** What belongs to the process rather than to a configuration. */
type Core = Awaited<ReturnType<typeof openCore>>;

async function openCore(config: Config, { stateDirFlag, warnings, failMode }: ServiceOptions, io: Io) {
  const { log, many, setLevel } = createLog(config.telemetry.log, io);
  for (const { code, path, message } of warnings) log.warn({ code, path }, message);
  const source = { flag: stateDirFlag, env: io.env, cwd: io.cwd };
  const inMemory = config.store.url === "memory:";
  const directory = inMemory ? stateDir(source) : openStateDir(source);
  const ledger = openLedger(config.store.url, directory);
  await reachLedger(ledger, { onError: config.store.on_error, log });
  const kept = inMemory ? null : directory;
  const auditKey = openAuditKey(kept);
  const receipts = openReceipts(config, { directory: kept, io, ledger, log });
  const { signHead } = receipts;
  const heads = keptHeads(config.store.url, directory);
  const keepHead = async (head: ChainHead): Promise<void> => heads?.keep(head, ledger, log);
  const writing = { clock: systemClock, log, onError: config.store.on_error, signHead, keepHead };
  const writer = new LedgerWriter(ledger, writing);
  const guard = createContextGuard({ log, clock: systemClock });
  if (!inMemory && config.server.admin_token_ref === undefined) firstToken(directory, io);
  const onReload: (() => void)[] = [];
  const spending = keepSpending(inMemory ? null : directory, log);
  const telemetry = openTelemetry({ log, many }, io);
  const { metrics } = telemetry;
  const { url, on_error: onError } = config.store.counters;
  const escalations = await ProcessEscalations.open(ledger.escalations, { writer, clock: systemClock });
  const forThreads = workersOf(config) > 1;
  const counters = await openCounters({ url, onError, clock: systemClock, log, before: spending.before, forThreads });
  return {
    log,
    setLevel,
    directory,
    ledger,
    writer,
    keepHead,
    guard,
    metrics,
    telemetry,
    io,
    onReload,
    spending,
    counters,
    receipts,
    grid: new GridBook(freshnessRules(config)),
    digest: keyedDigest(auditKey),
    escalations,
    pool: createWorkers(config, {
      env: io.env,
      failMode,
      log,
      metrics,
      writer,
      counters,
      receipts,
      auditKey,
      escalations,
    }),
  };
}

/** The runtime of this thread, and as it is with its workers. */
function buildRuntime(config: Config, { load, failMode }: ServiceOptions, core: Core) {
  const { log, ledger, writer, guard, metrics, io, pool } = core;
  const live = new LiveRuntime<RunningGateway>(config, {
    load,
    build: (next, previous) =>
      createGateway({
        config: next,
        services: {
          fetch,
          clock: systemClock,
          connectTime,
          ledger: writer,
          receipts: core.receipts.desk,
          digest: core.digest,
          escalations: core.escalations,
        },
        env: io.env,
        log,
        guard,
        failMode,
        onEvent: (event) => metrics.record(event),
        observer: {
          breakerChanged: (target, change) => metrics.breakerChanged(target, change),
          probed(target, result) {
            metrics.probed(target, result.error === null);
            pool?.probed(target, result);
          },
        },
        admits: () => !writer.full(),
        counters: core.counters,
        signals: core.grid.table,
        ...(previous === null ? {} : { previous }),
      }),
    onSwap(next) {
      core.setLevel(next.telemetry.log.level);
      core.escalations.ttlMs = next.policies.escalation_ttl_minutes * MINUTE_MS;
      core.telemetry.configure(next);
      const logAllAccess = next.policy["audit-logger"]?.["log_all_access"] === true;
      // commands beside the gateway read it there; the gateway itself knows it whatever becomes of this
      Promise.resolve(ledger.setAudit({ logAllAccess })).catch((err: unknown) =>
        log.error({ err }, "log_all_access could not be written down for commands beside the gateway"),
      );
      for (const tell of core.onReload) tell();
    },
    onReloaded: (ok) => metrics.reloaded(ok),
    ledger,
    clock: systemClock,
    log,
  });
  let configured = Promise.resolve();
  if (pool !== null)
    core.onReload.push(() => {
      configured = pool.configure(live.gateway.config);
    });
  const runtime: Runtime = pool === null ? live : pooledRuntime(live, { pool, configured: () => configured });
  if (pool !== null) core.grid.onChange(() => pool.signals(core.grid.table));
  addGridGauges(metrics, core.grid, systemClock);
  addGauges(metrics, {
    runtime,
    build: buildInfo,
    ledger: () => writer.stats(),
    counters: () => core.counters.stats(),
  });
  return { live, runtime };
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

/** SIGHUP reloads; what nobody caught is logged and the process stays up. */
function keepUp(reload: () => void, log: Logger, io: Io): () => void {
  const uncaught = (err: unknown): void => log.error({ err }, "an error that nobody caught; the gateway goes on");
  process.on("uncaughtException", uncaught);
  process.on("unhandledRejection", uncaught);
  const release = io.onHangup?.(reload);
  return () => {
    release?.();
    process.off("uncaughtException", uncaught);
    process.off("unhandledRejection", uncaught);
  };
}
