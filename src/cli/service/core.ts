import type { Config } from "../../config/config.ts";
import { freshnessRules } from "../../config/grid-plans.ts";
import { GridBook } from "../../gateway/carbon/grid-book.ts";
import { systemClock } from "../../lib/clock.ts";
import { keyedDigest } from "../../lib/digest.ts";
import { openStateDir, stateDir } from "../../lib/state-dir.ts";
import { createContextGuard } from "../../lib/tokens/context-guard.ts";
import type { ChainHead } from "../../schema/ledger.ts";
import { openCounters } from "../../store/counters/open-counters.ts";
import { openAuditKey } from "../../store/ledger/audit-key.ts";
import { keptHeads } from "../../store/ledger/kept-heads.ts";
import { openLedger, reachLedger } from "../../store/ledger/open.ts";
import { LedgerWriter } from "../../store/ledger/writer.ts";
import type { Io } from "../command.ts";
import { createWorkers, workersOf } from "../workers/serve.ts";
import { ProcessEscalations } from "./escalations.ts";
import { createLog } from "./log.ts";
import { openReceipts } from "./receipts.ts";
import type { ServiceOptions } from "./service.ts";
import { keepSpending } from "./spending.ts";
import { openTelemetry } from "./telemetry.ts";
import { firstToken } from "./tokens.ts";

/** What belongs to the process rather than to a configuration. */
export type Core = Awaited<ReturnType<typeof openCore>>;

/** What of a command's decisions the process is made by. */
type CoreOptions = Pick<ServiceOptions, "stateDirFlag" | "warnings" | "failMode">;

/** Opens all of it; whoever does closes it. Throws GatewayError for what keeps a gateway from starting. */
export async function openCore(config: Config, { stateDirFlag, warnings, failMode }: CoreOptions, io: Io) {
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
  const { url, on_error: onError } = config.store.counters;
  // a server keeps what was spent for all who share it
  const spending = keepSpending(url === "memory:" ? kept : null, log);
  const telemetry = openTelemetry({ log, many }, io);
  const { metrics } = telemetry;
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
