import type { TargetConfig } from "../../config/config.ts";
import type { Endpoint } from "../../lib/context.ts";
import type { TargetFacts } from "../../policies/policy.ts";
import type { Provider } from "../../providers/provider.ts";
import type { Place } from "../carbon/regions.ts";
import { Breaker } from "./breaker.ts";
import type { CircuitBreaker, Transition } from "./circuit-breaker.ts";
import { Lacks } from "./lacks.ts";
import { ProbeState } from "./probe-state.ts";
import type { SharedPlaces } from "./shared-places.ts";
import { TargetStats } from "./target-stats.ts";

/** A change of a breaker's state; `atMs` is epoch time. */
export interface BreakerChange extends Pick<Transition, "from" | "to" | "reason"> {
  readonly atMs: number;
}

/** What changes about a target while it works. Survives a reload that leaves id, provider and base URL alone. */
export interface TargetLive {
  /** Attempts that have not ended; those of this thread. */
  inFlight: number;
  /** The same of all threads of the process; null where there is but one. */
  readonly places: SharedPlaces | null;
  requests: number;
  failures: number;
  lastError: string | null;
  lastSuccessAtMs: number | null;
  /** A connection that was opened for it was reset, and nothing was answered since: no idle one can be to blame. */
  resetsFreshOnes: boolean;
  /** The upstream refused `stream_options` once: it is not asked again. */
  refusesStreamOptions: boolean;
  /** The upstream refused `encoding_format` once: vectors are asked for without it, and turned into that form here. */
  refusesEncodingFormat: boolean;
  /** The upstream refused to continue an assistant's prefix once: it is not asked so again. */
  refusesPrefix: boolean;
  /** What its upstream was seen not to be able to do. */
  readonly lacks: Lacks;
  readonly breaker: CircuitBreaker;
  /** The latest changes of its state, newest first. */
  readonly changes: BreakerChange[];
  /** What its health probes say; stays `unknown` without any. */
  probe: ProbeState;
  /** How fast it was seen to answer. */
  readonly stats: TargetStats;
}

/** One upstream as requests see it: configuration turned into what an attempt needs, all worked out once. */
export interface Target {
  readonly id: string;
  /** Place in the configuration. */
  readonly position: number;
  readonly provider: Provider;
  readonly model: string;
  /** Names it serves besides its own, each with the name the upstream knows. */
  readonly models: ReadonlyMap<string, string>;
  /** Why it cannot be asked at all; null when it can. */
  readonly unavailable: string | null;
  readonly weight: number;
  /** Attempts at once; null: any number. */
  readonly maxInFlight: number | null;
  readonly maxContextTokens: number | null;
  /** Whether it thinks before it answers, so that the first token may take as long as the stream. */
  readonly reasoning: boolean;
  readonly timeoutMs: number;
  readonly streamTimeoutMs: number;
  readonly firstTokenMs: number;
  readonly stallMs: number;
  /** How usage of its streams is had: the provider's way unless the target says `stream_usage: off`. */
  readonly streamUsage: "always" | "ask" | "off";
  /** Every header of a request but those that differ from one to the next. Holds the credential. */
  readonly headers: Readonly<Record<string, string>>;
  /** Address of each endpoint; empty for a target that answers in the process. */
  readonly urls: { readonly [E in Endpoint]?: string };
  /** Null: the configuration does not say where it stands. */
  readonly place: Place | null;
  readonly config: TargetConfig;
  readonly live: TargetLive;
}

/** The upstream's name for the model a caller asked for: the target's own unless it declares that one besides. */
export function upstreamModel(target: Target, asked: string | null): string {
  return (asked === null ? undefined : target.models.get(asked)) ?? target.model;
}

/** Whether the target declares that model. */
export function servesModel(target: Target, asked: string | null): boolean {
  return asked === null || asked === target.model || asked === target.id || target.models.has(asked);
}

/** What policies may know of it. */
export function targetFacts({ id, model, models, config }: Target, inGroup: boolean): TargetFacts {
  return { id, model, names: [id, model, ...models.keys()], inGroup, dataPolicy: config.data_policy };
}

/** The state of a target nobody has asked yet. */
export function freshLive(breaker: CircuitBreaker = new Breaker(), places: SharedPlaces | null = null): TargetLive {
  return {
    inFlight: 0,
    places,
    requests: 0,
    failures: 0,
    lastError: null,
    lastSuccessAtMs: null,
    resetsFreshOnes: false,
    refusesStreamOptions: false,
    refusesEncodingFormat: false,
    refusesPrefix: false,
    lacks: new Lacks(),
    breaker,
    changes: [],
    probe: new ProbeState(),
    stats: new TargetStats(),
  };
}

/** Takes the place of an attempt, which {@link givePlace} gives back; false where none is free. */
export function takePlace({ maxInFlight, live }: Target): boolean {
  if (live.places === null ? maxInFlight !== null && live.inFlight >= maxInFlight : !live.places.take(maxInFlight))
    return false;
  live.inFlight++;
  return true;
}

/** Gives a place back. */
export function givePlace({ live }: Target): void {
  live.inFlight--;
  live.places?.give();
}

/** What must be the same for a target to keep its live state over a reload. */
export function liveKey(target: { id: string; provider: string; base_url?: string | undefined }): string {
  return JSON.stringify([target.id, target.provider, target.base_url ?? null]);
}
