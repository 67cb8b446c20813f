import type { GridSignal } from "../carbon/signals.ts";

/** How one thing about a target was seen to go, for requests of one kind; in milliseconds, so less is better. */
export interface Measure {
  /** Decayed average; null: nothing was seen to succeed yet. */
  readonly averageMs: number | null;
  /** What the last attempt that told something took; null: none did. */
  readonly lastMs: number | null;
  /** When that was (`Clock.monotonic()`); `-Infinity`: never. */
  readonly lastAtMs: number;
  /** Attempts that have told something since there was a longer pause than the window; failures count. */
  readonly samples: number;
  /** Attempts that have told nothing yet. */
  readonly waiting: number;
  /** Since when it gives no sign of life although attempts wait for one (`Clock.monotonic()`); null: none waits. */
  readonly silentSinceMs: number | null;
}

/** Of which nothing was seen. */
export const UNSEEN: Measure = {
  averageMs: null,
  lastMs: null,
  lastAtMs: Number.NEGATIVE_INFINITY,
  samples: 0,
  waiting: 0,
  silentSinceMs: null,
};

/** Where a candidate stands, as far as an ordering needs to know it. */
export interface CandidateRegion {
  readonly code: string;
  /** Zone of the electricity grid; null: not known. */
  readonly zone: string | null;
  /** Place in the default path; Infinity: not on it. */
  readonly pathRank: number;
  /** p95 of the network round trip to it, in milliseconds; null: not known. */
  readonly latencyMs: number | null;
  /** What its zone's electricity emits now, where that is known well enough to decide; null too where nobody asks. */
  readonly signal: GridSignal | null;
}

/** An eligible target, as far as an ordering needs to know it. */
export interface Candidate {
  readonly id: string;
  /** Place in the configured order: a group's own where a group was asked for. */
  readonly position: number;
  /** Above 0. */
  readonly weight: number;
  /** Whether the target declares the model that was asked for. */
  readonly servesModel: boolean;
  /** Attempts that have not ended. */
  readonly inFlight: number;
  /** Time to the first token of streams, to the whole answer of other requests. */
  readonly latency: Measure;
  /** Time per token of the answer. */
  readonly tokenTime: Measure;
  /** What this request is expected to cost there in USD; null: not known, or nobody reads it. */
  readonly priceUsd: number | null;
  /** Null: unknown. */
  readonly region: CandidateRegion | null;
}

/** What an ordering may depend on besides the candidates. */
export interface PickContext {
  /** Counts the requests for which this pool had these candidates, from 0. */
  readonly turn: number;
  /** A hash of the header of `sticky_by`, in [0, 1); null: the caller may be sent anywhere. */
  readonly sticky: number | null;
  /** How many samples make a measure worth believing. */
  readonly minSampleCount: number;
  /** How many threads explore this pool beside each other, each for itself; at least 1. */
  readonly explorers: number;
  /** What was seen longer ago counts for nothing. */
  readonly windowMs: number;
  /** `Clock.monotonic()`. */
  readonly nowMs: number;
  /** Whether every target of the pool, eligible or not, has a region. */
  readonly regional: boolean;
  /** p95 of the network round trip that carbon-aware routing may take up; null: any. */
  readonly latencyBudgetMs: number | null;
  /** Region of this pool's last choice by carbon intensity, where that is not long ago; null: there is none. */
  readonly currentRegion: string | null;
}

/** A candidate that took no part in a decision. */
export interface LeftOut<C extends Candidate = Candidate> {
  readonly candidate: C;
  /** The reason in one word, with underscores. */
  readonly reason: string;
}

/** How regions came into a decision, in the words of a routing trace. */
export interface RegionVerdict<C extends Candidate = Candidate> {
  readonly mode: "live" | "degraded" | "standard";
  /** The reason in one word, with underscores. */
  readonly reason: string;
  /** Eligible ones that were not compared: they stand last in the order, or, over a budget that others keep, not in it. */
  readonly leftOut: readonly LeftOut<C>[];
}

/** What a strategy decided: whom to ask, first one first. */
export interface RouteDecision<C extends Candidate = Candidate> {
  readonly order: readonly C[];
  /** Whether targets behind the first may be asked at all. */
  readonly failover: boolean;
  /** Why the first one is first, in a few words for people. */
  readonly because: string;
  /** How regions came into it; absent from strategies that do not look at regions. */
  readonly regions?: RegionVerdict<C>;
}

/**
 * Whom a strategy chooses among: `any` target of the pool, only those that are `serving` the model asked for (or are in
 * the group asked for), or the `first` alone, whether it can be asked or not.
 */
export type PoolRule = "any" | "serving" | "first";

/** What a strategy reads of candidates and context; what nobody reads is not worked out. */
export type Use = "measures" | "prices" | "sticky" | "regions" | "signals";

/** Orders what is already eligible. Pure and synchronous: the order holds eligible candidates, each at most once. */
export interface Strategy<Name extends string = string> {
  readonly name: Name;
  /** One line for the reference: whom it puts first. */
  readonly summary: string;
  /** Other names it answers to in a configuration. */
  readonly aliases: readonly string[];
  readonly pool: PoolRule;
  readonly uses: readonly Use[];
  pick<C extends Candidate>(eligible: readonly C[], context: PickContext): RouteDecision<C>;
}
