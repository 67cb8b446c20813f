import type { GatewayError } from "../../lib/errors.ts";
import type { Target } from "../targets/target.ts";
import type { AskOptions } from "./ask-target.ts";
import type { AttemptEntry } from "./attempt-entry.ts";
import { type Trigger, triggerOf } from "./failure.ts";
import type { Hedging } from "./hedging.ts";

/** When a target is asked again, and when the next one is. */
export interface AttemptRules {
  /** Tries at one target, the first included. */
  readonly maxAttempts: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly multiplier: number;
  /** Share of a backoff by which it may be longer or shorter. */
  readonly jitter: number;
  readonly retryStatuses: ReadonlySet<number>;
  readonly maxRetryAfterMs: number;
  /** Whether further targets may be asked, how many, and after what. */
  readonly failover: boolean;
  readonly maxFurtherTargets: number;
  readonly triggers: ReadonlySet<Trigger>;
  readonly nextOnContextWindow: boolean;
  readonly nextOnContentPolicy: boolean;
  /** What a request may take where its caller does not say less. */
  readonly totalTimeoutMs: number;
  /** When a second target is asked beside a slow one; null: never. */
  readonly hedging: Hedging | null;
}

/** What the attempts of one request share. */
export interface AttemptOptions extends AskOptions {
  readonly rules: AttemptRules;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Where the entries of all tries go, for the ledger. */
  readonly entries: AttemptEntry[];
  /** Whether the same target may be asked again now; absent: as often as the rules say. */
  readonly mayRetry?: () => boolean;
  /** Whether the caller may pay for an attempt at this target besides the one that is made; absent: nobody counts. */
  readonly mayHedge?: (target: Target) => boolean;
}

/** Milliseconds that are left of the request's time. */
export function remaining({ deadlineMs, services }: AskOptions): number {
  return deadlineMs - services.clock.monotonic();
}

/** Whether the next target may be asked after this failure. */
export function mayMoveOn(error: GatewayError, rules: AttemptRules): boolean {
  const trigger = triggerOf(error);
  const { lacks, elsewhere } = error.details;
  if (trigger === "ours" || lacks !== undefined || elsewhere === true) return true;
  if (trigger === "context_window") return rules.nextOnContextWindow;
  if (trigger !== null) return rules.triggers.has(trigger);
  return rules.nextOnContentPolicy && error.details.filtered === true;
}
