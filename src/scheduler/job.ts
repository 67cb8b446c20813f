import type { Runtime } from "../gateway/gateway-api.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { ChainedLedger } from "../store/store.ts";

/** What jobs work with. */
export interface JobContext {
  readonly runtime: Runtime;
  readonly ledger: ChainedLedger;
  readonly clock: Clock;
  readonly log: Logger;
  /** Files whose change asks for a reload; empty: none is watched. */
  readonly watched: readonly string[];
}

/** A job that is wanted: what to do, and how often. */
export interface RunningJob {
  readonly intervalMs: number;
  /** Whether it also runs at once. */
  readonly atOnce: boolean;
  run(): Promise<void>;
}

/** One periodic job: one file, one line in `index.ts`. */
export interface Job<Name extends string = string> {
  readonly name: Name;
  /** What is to be done under this context, or null where nothing is. */
  create(context: JobContext): RunningJob | null;
}
