import { canonical } from "../../carbon/canonical.ts";
import { classOf, type GridSignal, traceOf } from "../../carbon/signals.ts";
import { MINUTE_MS } from "../../lib/durations.ts";
import { HYSTERESIS } from "../../routing/carbon-aware.ts";
import type { CandidateRecord } from "../../schema/event.ts";
import type { RoutingTrace, TraceCandidate, TraceFailover, TraceThresholds } from "../../schema/routing-trace.ts";
import type { TraceSignal } from "../../schema/signal.ts";
import type { AttemptEntry } from "../attempts/attempt-entry.ts";
import type { GridSnapshot } from "../carbon/grid-snapshot.ts";
import type { Place } from "../carbon/regions.ts";
import { servesModel, type Target } from "../targets/target.ts";
import { groupNamed, type Route, type RouteTable } from "./route.ts";
import { firstOfDefaultPath, type Wanted } from "./route-regions.ts";
import type { Wish } from "./wish.ts";

/** Why a target that answered is not the one whose answer the client has: a policy asked for another. */
const UNWANTED = "unwanted_answer";

/** What a story is told of. */
export interface StoryParts {
  readonly table: RouteTable;
  readonly wish: Wish;
  readonly grids: GridSnapshot;
  /** The targets whose models are open to the caller, whom no others are named; null: all. */
  readonly open: ReadonlySet<Target> | null;
}

/** What happened to a route until now. */
export interface Happened {
  /** Id of the target that answers; null: none does. */
  readonly answering: string | null;
  readonly attempts: readonly AttemptEntry[];
}

/** Where the default path leads, and the signal that a receipt from there would count with. */
export interface DefaultGrid {
  readonly region: string;
  readonly signal: TraceSignal | null;
}

/** How one request found its region: its decision, kept as it was, and what came of it. */
export class RoutingStory {
  readonly #route: Route;
  readonly #parts: StoryParts;
  /** The candidates as the decision saw them. */
  readonly #candidates: readonly CandidateRecord[];
  readonly #shown = new Map<GridSignal, TraceSignal>();
  #told: {
    readonly answering: string | null;
    readonly count: number;
    trace: RoutingTrace;
    text: string | null;
  } | null = null;

  constructor(route: Route, parts: StoryParts) {
    this.#route = route;
    this.#parts = parts;
    const open = parts.open === null ? null : new Set([...parts.open].map(({ id }) => id));
    const named = route.record.candidates.filter(({ target }) => open?.has(target) !== false);
    this.#candidates = named.map((candidate) => ({ ...candidate }));
  }

  /** Whether the caller asked for it, or is answered from a region. */
  isShownFor(target: string | null): boolean {
    return this.#parts.wish.asked || this.#target(target)?.place != null;
  }

  /** The signal a receipt of this target counts with; null: nothing is known of its grid. */
  receiptSignal(target: string): TraceSignal | null {
    const place = this.#target(target)?.place ?? null;
    if (place === null) return null;
    const { grids } = this.#parts;
    const signal = grids.receipt(place.region);
    return signal === null ? null : this.#show(signal);
  }

  /**
   * What the default path would have come to for this request and caller, which `answering` answered; null: none of it has
   * a region.
   */
  defaultGrid(answering: string): DefaultGrid | null {
    const { regions, targets } = this.#route;
    const first = this.#defaultFirst();
    const isChosen = regions.mode === "live" || regions.mode === "pinned";
    // who follows the path goes on along it where the first fails
    const there = !isChosen && first === targets[0] ? this.#target(answering) : first;
    return there?.place == null ? null : { region: there.place.region.code, signal: this.receiptSignal(there.id) };
  }

  /** Null where nobody could be chosen: then there was no decision. */
  trace(happened: Happened): RoutingTrace | null {
    if (this.#route.targets.length === 0 && this.#parts.wish.pin === null) return null;
    const { answering, attempts } = happened;
    const count = attempts.length;
    if (this.#told?.answering !== answering || this.#told.count !== count)
      this.#told = { answering, count, trace: this.#tell(happened), text: null };
    return this.#told.trace;
  }

  /** The same as canonical JSON text. */
  traceText(happened: Happened): string | null {
    if (this.trace(happened) === null || this.#told === null) return null;
    this.#told.text ??= canonical(this.#told.trace);
    return this.#told.text;
  }

  #tell({ answering, attempts }: Happened): RoutingTrace {
    const { regions, targets } = this.#route;
    const { grids } = this.#parts;
    const place = this.#target(answering)?.place ?? null;
    const chosen = targets[0]?.place?.region;
    const decider = regions.mode === "live" && chosen !== undefined ? grids.operational(chosen) : null;
    // in canonical order, as all that is below: it is written once, to be shown and hashed
    return {
      candidates: this.#candidates.map((candidate) => this.#candidate(candidate)),
      decision_mode: regions.mode,
      decision_reason: this.#isSecondary(place) ? "pinned_secondary_used" : regions.reason,
      failover: this.#failover(answering, attempts),
      operational_signal: decider === null ? null : this.#show(decider),
      receipt_signal: answering === null ? null : this.receiptSignal(answering),
      region: place?.region.code ?? null,
      route_policy: regions.policy,
      thresholds: this.#thresholds(),
    };
  }

  /** The same signal serves the trace, the receipt and the default path. */
  #show(signal: GridSignal): TraceSignal {
    const known = this.#shown.get(signal);
    if (known !== undefined) return known;
    const { grids } = this.#parts;
    const made = traceOf(signal, grids.atMs, grids.rules);
    this.#shown.set(signal, made);
    return made;
  }

  #failover(answering: string | null, attempts: readonly AttemptEntry[]): TraceFailover | null {
    const { targets, record } = this.#route;
    const first = targets[0];
    if (first === undefined || answering === null || answering === first.id) return null;
    const outcome = attempts.findLast(({ target }) => target === first)?.record.outcome;
    const dropped = record.candidates.find(({ target }) => target === first.id)?.dropped;
    return {
      from_region: first.place?.region.code ?? null,
      from_target: first.id,
      reason: (outcome === "ok" ? UNWANTED : outcome) ?? dropped ?? "not asked",
    };
  }

  /** Whether a pinned request is answered from its secondary region, before the first attempt or after one. */
  #isSecondary(place: Place | null): boolean {
    const { pin } = this.#parts.wish;
    return pin !== null && pin.secondary !== null && place?.region.code === pin.secondary;
  }

  #candidate({ target: id, dropped }: CandidateRecord): TraceCandidate {
    const { grids } = this.#parts;
    const region = this.#target(id)?.place?.region;
    const signal = region === undefined ? null : (grids.operational(region) ?? grids.receipt(region));
    const { leftOut, mode } = this.#route.regions;
    const reason = dropped ?? leftOut.get(id) ?? null;
    return {
      class: signal === null ? null : classOf(signal, grids.atMs, grids.rules),
      // where nobody keeps the latency budget all are asked along the default path, each with what it is short of
      eligible: dropped === null && (reason === null || mode === "degraded"),
      gco2_per_kwh: signal?.gramsPerKwh ?? null,
      reason,
      region: region?.code ?? null,
      target: id,
    };
  }

  #thresholds(): TraceThresholds {
    const { grids, wish } = this.#parts;
    const { liveMs, freshMs, acceptFresh, acceptForecast } = grids.rules;
    return {
      accept_forecast: acceptForecast,
      accept_fresh: acceptFresh,
      fresh_minutes: freshMs / MINUTE_MS,
      hysteresis_gco2_per_kwh: HYSTERESIS.gramsPerKwh,
      hysteresis_share: HYSTERESIS.share,
      latency_budget_ms: wish.latencyBudgetMs,
      live_minutes: liveMs / MINUTE_MS,
    };
  }

  /** The target that the default path leads to: of the group asked for, else of the groups it falls back to. */
  #defaultFirst(): Target | null {
    const { table } = this.#parts;
    const { asked } = this.#route.record;
    const group = groupNamed(table, asked);
    for (const { targets } of group === undefined ? [table] : [group, ...group.fallbacks]) {
      const wanted: Wanted[] = [];
      for (let position = 0; position < targets.length; position++) {
        const target = targets[position]!;
        const candidate = this.#candidateAt(position, target);
        if (candidate === undefined || target.place?.barred != null) continue;
        const { dropped } = candidate;
        wanted.push({ target, position, serves: servesModel(target, asked), dropped });
      }
      const first = firstOfDefaultPath(wanted);
      if (first !== null) return first;
    }
    return null;
  }

  /** What is on record of a target as a candidate: mostly at the place that it has in its pool. */
  #candidateAt(position: number, { id }: Target): CandidateRecord | undefined {
    const there = this.#candidates[position];
    return there?.target === id ? there : this.#candidates.find(({ target }) => target === id);
  }

  #target(id: string | null): Target | undefined {
    return id === null ? undefined : this.#parts.table.targets.find((target) => target.id === id);
  }
}
