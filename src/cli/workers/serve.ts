import { availableParallelism } from "node:os";
import type { Config } from "../../config/config.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Metrics } from "../../lib/metrics/metrics.ts";
import type { Counters } from "../../store/counters/counters.ts";
import { OwnerCounters } from "../../store/counters/owner.ts";
import type { LedgerWriter } from "../../store/ledger/writer.ts";
import type { ProcessEscalations } from "../service/escalations.ts";
import type { ProcessReceipts } from "../service/receipts.ts";
import { WorkerPool } from "./pool.ts";

/** What workers are given by the process. */
export interface WorkersOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly failMode: "block" | "allow";
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly writer: LedgerWriter;
  readonly counters: Counters;
  readonly escalations: ProcessEscalations;
  /** Key of the keyed hashes on the ledger, in hex. */
  readonly auditKey: string;
  readonly receipts: Pick<ProcessReceipts, "forWorker" | "writer">;
}

/** How many threads answer model requests; 1: the main thread does. `auto` is one per processor that may be used. */
export function workersOf({ server: { workers } }: Config): number {
  if (workers !== "auto") return workers;
  // several listeners on one port that share its connections: Linux alone spreads them
  return process.platform === "linux" ? availableParallelism() : 1;
}

/** The workers of a configuration; null where the main thread serves by itself. */
export function createWorkers(config: Config, options: WorkersOptions): WorkerPool | null {
  const workers = workersOf(config);
  if (workers === 1) return null;
  const { env, failMode, log, metrics, writer, counters, receipts, auditKey, escalations } = options;
  return new WorkerPool(config, {
    workers,
    start: { env: { ...env }, failMode, auditKey },
    receiptStart: receipts.forWorker,
    escalations,
    clock: systemClock,
    log,
    counters: counters instanceof OwnerCounters ? counters : null,
    onEvents(events) {
      for (const { event, metrics: isCounted, ledger } of events) {
        if (isCounted) metrics.record(event);
        if (ledger) writer.push(event);
      }
    },
    onReceipts(signed) {
      for (const receipt of signed) receipts.writer.push(receipt);
    },
    onBreaker: ({ target, from, to }) => metrics.breakerChanged(target, { from, to }),
    admits: () => !writer.full(),
  });
}
