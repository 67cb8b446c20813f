import type { GridBook } from "../gateway/carbon/grid-book.ts";
import type { Runtime } from "../gateway/gateway-api.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { SpendingRecord } from "../lib/spending-file.ts";
import type { ChainHead, SignedHead } from "../schema/ledger.ts";
import type { ChainedLedger } from "../store/store.ts";

/** What jobs work with. */
export interface JobContext {
  readonly runtime: Runtime;
  readonly ledger: ChainedLedger;
  /** Signs a head of the ledger as it is now. */
  readonly signHead: (head: ChainHead) => SignedHead;
  /** Keeps a head of the ledger beside it. */
  readonly keepHead: (head: ChainHead) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Files whose change asks for a reload; empty: none is watched. */
  readonly watched: readonly string[];
  /** Where grid signals are kept; null where nobody needs any. */
  readonly grid: GridBook | null;
  /** The process's environment, for secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** What was spent against budgets, those that are gone included; null: nothing is counted. */
  readonly spent: () => SpendingRecord | null;
  /** Where what was spent is kept; null where nothing is kept on disk. */
  readonly spendingFile: string | null;
  /** Has `tell` called after every change of configuration. */
  readonly onReload: (tell: () => void) => void;
}

/** Something to be done again and again. */
export interface RunningJob {
  /** The same for as long as it is the same work: a reload lets it go on, and ends what it no longer finds. */
  readonly key: string;
  readonly intervalMs: number;
  /** Whether it also runs at once. */
  readonly atOnce: boolean;
  /** One turn. Resolves to the milliseconds until the next where that is not the interval; ends early on `signal`. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a turn that has nothing to say returns nothing
  run(signal: AbortSignal): Promise<number | void>;
}

/** One kind of periodic work: one file, one line in `index.ts`. */
export interface Job<Name extends string = string> {
  readonly name: Name;
  /** What is to be done under this context; empty: nothing. Asked at the start and after every reload. */
  create(context: JobContext): readonly RunningJob[];
}
