import type { MaybePromise } from "../../lib/maybe-promise.ts";
import type { SpendingRecord } from "../../lib/spending-file.ts";

/** What is counted: one for a request when it comes in, or its tokens when they are known. */
export type Unit = "requests" | "tokens";

/** One rate of a configuration. */
export interface Rate {
  /** The same for as long as what is counted may go on counting: setting, unit and window; its limit may change. */
  readonly id: string;
  readonly unit: Unit;
  /** The setting to name in a message. */
  readonly setting: string;
  /** At most so much within any {@link windowMs}. */
  readonly max: number;
  readonly windowMs: number;
}

/** A rate's count for one caller; the key of a rate for everybody is empty. */
export interface Meter {
  readonly rate: Rate;
  readonly key: string;
}

/** How a meter stands. Times are readings of `Clock.monotonic()`. */
export interface Reading {
  readonly rate: Rate;
  /** How much is left; 0 where more is used than allowed (tokens are known only afterwards). */
  left(nowMs: number): number;
  /** Milliseconds until something is left on a full meter; a second where that depends on requests under way. */
  waitMs(nowMs: number): number;
  /** Milliseconds until nothing is used any more. */
  resetMs(nowMs: number): number;
}

/** What may be spent, in USD; left out: no limit. Days and months are those of UTC. */
export interface BudgetLimits {
  readonly per_request_usd?: number | undefined;
  readonly usd_per_day?: number | undefined;
  readonly usd_per_month?: number | undefined;
}

/** What may be emitted, in gCO2e of a day of UTC. */
export interface EmissionLimits {
  readonly gco2e_per_day: number;
}

/** A budget: the gateway's, or one consumer's; of money or of emissions. */
export interface Account<Limits extends BudgetLimits | EmissionLimits = BudgetLimits | EmissionLimits> {
  /**
   * `budgets`, `consumers["id"].budget`, or the latter's `.gco2e_per_day`: how a message names it, and what spending is
   * counted under.
   */
  readonly owner: string;
  readonly limits: Limits;
}

/** What an account has spent and set aside, in billionths of a dollar or of a gram. */
export interface Balance {
  readonly today: number;
  readonly thisMonth: number;
  readonly reserved: number;
}

/** The places of one consumer's requests at once. */
export interface Places {
  readonly key: string;
  /** Null: any number. */
  readonly max: number | null;
}

/** Everything one request counts on. */
export interface Ask {
  readonly meters: readonly Meter[];
  readonly accounts: readonly Account[];
  readonly places: Places | null;
  /** After so long what it holds is given back, should the process that holds it be gone. */
  readonly holdMs: number;
}

/** What a request sets aside, or what it used in the end. */
export interface Amounts {
  readonly tokens: number;
  /** Billionths of a dollar, whole. */
  readonly nanoUsd: number;
  /** Billionths of a gCO2e, whole; left out: none. */
  readonly nanoGrams?: number;
}

/** Nothing at all. */
export const NO_AMOUNTS: Amounts = { tokens: 0, nanoUsd: 0 };

/** Why nothing was taken. */
export type Refusal = "rate" | "places" | "budget";

/**
 * What one request holds. Each step takes all it asks for or nothing. Steps of shared counters throw GatewayError
 * (`overloaded`) where they cannot be asked and the configuration says to refuse.
 */
export interface Claim {
  /** How the meters of the ask stand: now, or when they were last asked for. */
  readonly readings: readonly Reading[];
  /** How an account of the ask stands, by its place in it. */
  balance(account: number): Balance;
  /** Whether something of it was counted by this process alone although counters are shared. */
  readonly degraded: boolean;
  /** Takes one request on every meter of requests, and a place; refused where any meter is full. */
  admit(): MaybePromise<Refusal | null>;
  /**
   * Sets tokens, money and emissions aside; refused where a meter of tokens is full or an account's day or month has
   * less left.
   */
  reserve(amounts: Amounts): MaybePromise<Refusal | null>;
  /** Gives the place and what was reserved back, and books what was used. To be called once after {@link admit}. */
  settle(used: Amounts): void;
}

/** A change of a cell that somebody else made. */
export type CellListener = (text: string) => void;

/**
 * Small texts that are shared: the state of circuit breakers. Rejects where they cannot be reached.
 */
export interface Cells {
  /** Whether they can be asked now. */
  reachable(): boolean;
  /** Replaces a cell where its text still is what was read; else gives the text that is there instead. */
  swap(key: string, change: CellChange): Promise<Swapped>;
  /** The text of a cell now; empty where there is none. */
  read(key: string): Promise<string>;
  /** Tells of every loud change that others make, and of every cell again after an outage. The function ends it. */
  watch(key: string, tell: CellListener): () => void;
  /** Resolves once every loud change that others have made is known here; null: it is, or nobody can say. */
  caughtUp(): Promise<void> | null;
  /** Milliseconds to add to `Clock.monotonic()` for a time that all who share them agree on. */
  offsetMs(): number;
}

/** One change of a cell. */
export interface CellChange {
  readonly from: string;
  readonly to: string;
  /** Whether others are told at once. */
  readonly loud: boolean;
}

/** What became of a {@link CellChange}: `text` is what the cell holds now. */
export interface Swapped {
  readonly done: boolean;
  readonly text: string;
}

/** How the counters do, for metrics and readiness. */
export interface CounterStats {
  /** 1 while shared counters cannot be reached. */
  readonly failing: boolean;
  /** How often they could not be asked. */
  readonly failures: number;
  /** Whether requests are refused for it. */
  readonly refusing: boolean;
}

/** How counters do that ask no server. */
export const WELL: CounterStats = { failing: false, failures: 0, refusing: false };

/** Where requests are counted: in this process, on a server that several share, or by one thread for all. */
export interface Counters {
  /** Throws `overloaded` where requests are refused since nobody can count them. */
  check(): void;
  open(ask: Ask): Claim;
  /** Forgets rates and accounts that a new configuration no longer has, once their windows and their month are over. */
  keep(wanted: { readonly rates: ReadonlySet<string>; readonly owners: ReadonlySet<string> }): void;
  /**
   * What was spent, as far as this process knows, also this month against budgets that are gone; null where it counts
   * nothing of the kind.
   */
  spending(): SpendingRecord | null;
  /** Null where nobody shares anything. */
  readonly cells: Cells | null;
  stats(): CounterStats;
  /** Hands in what is under way, for as long as that may take, and lets go of the server. */
  close(): Promise<void>;
}
