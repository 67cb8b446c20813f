import type { GridSignal } from "../carbon/signals.ts";
import { byDefaultPath, byPosition, sorted } from "./_orders.ts";
import type { Candidate, LeftOut, PickContext, RegionVerdict, RouteDecision, Strategy } from "./strategy.ts";

/** The current region is left for one that is better by at least so much: the larger of the two. */
export const HYSTERESIS = { gramsPerKwh: 5, share: 0.1 } as const;
/** What the arithmetic of two readings may be off by. */
const ROUNDING = 1e-9;

/** A decision that compares nothing: mode, reason, and why in a few words. */
interface Plain {
  readonly mode: "degraded" | "standard";
  readonly reason: string;
  readonly because: string;
}

const OVER_BUDGET: Plain = {
  mode: "degraded",
  reason: "degraded_no_candidate_within_latency_budget",
  because: "nobody within the latency budget",
};
const SINGLE_ZONE: Plain = { mode: "standard", reason: "single_zone", because: "all in one zone" };
const NO_SIGNAL: Plain = {
  mode: "degraded",
  reason: "degraded_no_operational_live_signal",
  because: "no live signal",
};
const SINGLE_SIGNAL: Plain = {
  mode: "degraded",
  reason: "degraded_single_zone_signal",
  because: "a live signal of one zone only",
};
const MIXED: Plain = {
  mode: "degraded",
  reason: "degraded_mixed_basis",
  because: "live signals that cannot be compared",
};

/**
 * The lowest current grid intensity first, of targets that serve the model, within the latency budget. Where no signals
 * that may decide can be compared it follows the default path, and says so: no average ever ranks anything.
 */
export const carbonAware: Strategy<"carbon_aware"> = {
  name: "carbon_aware",
  summary: "The region whose electricity emits least now; without two comparable live signals the default path",
  aliases: [],
  pool: "serving",
  uses: ["regions", "signals"],
  pick(eligible, context) {
    const { within, over } = splitByLatency(eligible, context.latencyBudgetMs);
    if (within.length === 0 && over.length > 0) return plain(eligible, OVER_BUDGET, over);
    if (isOneZone(within)) return plain(within, SINGLE_ZONE, over);
    const compared = comparable(within);
    if ("mode" in compared) return plain(within, compared, over);
    return lowest(compared, { within, over, current: context.currentRegion });
  },
};

function plain<C extends Candidate>(
  list: readonly C[],
  { mode, reason, because }: Plain,
  leftOut: readonly LeftOut<C>[],
): RouteDecision<C> {
  return { order: sorted(list, byDefaultPath), failover: true, because, regions: { mode, reason, leftOut } };
}

/** Candidates within the latency budget, and those that are over it or whose latency is unknown. */
function splitByLatency<C extends Candidate>(
  eligible: readonly C[],
  budgetMs: PickContext["latencyBudgetMs"],
): { within: readonly C[]; over: readonly LeftOut<C>[] } {
  if (budgetMs === null) return { within: eligible, over: [] };
  const within: C[] = [];
  const over: LeftOut<C>[] = [];
  for (const candidate of eligible) {
    const latencyMs = candidate.region?.latencyMs ?? null;
    if (latencyMs !== null && latencyMs <= budgetMs) within.push(candidate);
    else over.push({ candidate, reason: latencyMs === null ? "latency_unknown" : "over_latency_budget" });
  }
  return { within, over };
}

/** A region whose zone nobody knows is taken for a zone of its own. */
const zoneOf = ({ region }: Candidate): string => region?.zone ?? region?.code ?? "";

/** The signal by which a candidate is compared; null: there is none. */
const signalOf = ({ region }: Candidate): GridSignal | null => region?.signal ?? null;

function isOneZone(list: readonly Candidate[]): boolean {
  const first = list[0];
  return first === undefined || list.every((each) => zoneOf(each) === zoneOf(first));
}

/**
 * The largest set of candidates whose signals can be compared (same basis and accounting) and tell of two zones at
 * least; or why there is none.
 */
function comparable<C extends Candidate>(list: readonly C[]): readonly C[] | Plain {
  let known: C | null = null;
  let zones = 0;
  let mixed = false;
  let missing = false;
  for (const candidate of list) {
    const signal = signalOf(candidate);
    if (signal === null) missing = true;
    else if (known === null) {
      known = candidate;
      zones = 1;
    } else {
      if (zones === 1 && zoneOf(candidate) !== zoneOf(known)) zones = 2;
      mixed ||= !isAlike(signal, known.region!.signal!);
    }
  }
  if (zones < 2) return zones === 0 ? NO_SIGNAL : SINGLE_SIGNAL;
  if (mixed) return mostAlike(list);
  return missing ? list.filter((each) => signalOf(each) !== null) : list;
}

const isAlike = (a: GridSignal, b: GridSignal): boolean => a.basis === b.basis && a.accounting === b.accounting;

/** The candidates whose signals are of the kind that tells of the most zones, two at least. */
function mostAlike<C extends Candidate>(list: readonly C[]): readonly C[] | Plain {
  const zones = new Map<string, Set<string>>();
  for (const candidate of list) {
    const signal = signalOf(candidate);
    if (signal === null) continue;
    const alike = zones.get(kindOf(signal));
    if (alike === undefined) zones.set(kindOf(signal), new Set([zoneOf(candidate)]));
    else alike.add(zoneOf(candidate));
  }
  let most = "";
  for (const [kind, { size }] of zones) {
    const before = zones.get(most)?.size ?? 1;
    // which of two kinds is compared must not depend on the order of the list
    if (size > before || (size === before && size > 1 && kind < most)) most = kind;
  }
  if (most === "") return MIXED;
  return list.filter(({ region }) => region?.signal != null && kindOf(region.signal) === most);
}

const kindOf = ({ basis, accounting }: GridSignal): string => `${basis} ${accounting}`;

function lowest<C extends Candidate>(
  compared: readonly C[],
  of: { within: readonly C[]; over: readonly LeftOut<C>[]; current: string | null },
): RouteDecision<C> {
  const isCurrent = ({ region }: C): boolean => region!.code === of.current;
  let ranked = sorted(compared, byIntensity);
  const best = ranked[0]!;
  const current = ranked.find(isCurrent) ?? best;
  const kept = gramsOf(current) > gramsOf(best) && !isWorthLeaving(gramsOf(current), gramsOf(best));
  const stays = kept || gramsOf(current) === gramsOf(best);
  // whoever else stands in the region that is kept stays ahead too
  if (stays && current !== best) ranked = sorted(ranked, (a, b) => Number(isCurrent(b)) - Number(isCurrent(a)));
  const because = kept ? "not worth leaving the current region" : "lowest current grid intensity";
  const reason = kept ? "within_hysteresis_kept_current" : "lowest_current_grid_intensity";
  if (compared.length === of.within.length) {
    return { order: ranked, failover: true, because, regions: { mode: "live", reason, leftOut: of.over } };
  }
  const rest = sorted(
    of.within.filter((candidate) => !compared.includes(candidate)),
    byDefaultPath,
  );
  const leftOut = rest.map((candidate) => ({
    candidate,
    reason: signalOf(candidate) === null ? "no_operational_signal" : "other_basis",
  }));
  const regions: RegionVerdict<C> = { mode: "live", reason, leftOut: [...of.over, ...leftOut] };
  return { order: [...ranked, ...rest], failover: true, because, regions };
}

/** Whether the current region's intensity is so much above the best that it is left. */
function isWorthLeaving(current: number, best: number): boolean {
  return current - best + ROUNDING >= Math.max(HYSTERESIS.gramsPerKwh, current * HYSTERESIS.share);
}

function byIntensity(a: Candidate, b: Candidate): number {
  const grams = gramsOf(a) - gramsOf(b);
  return grams !== 0 ? grams : latencyOf(a) - latencyOf(b) || byPosition(a, b);
}

const gramsOf = ({ region }: Candidate): number => region!.signal!.gramsPerKwh;
const latencyOf = ({ region }: Candidate): number => region!.latencyMs ?? Number.MAX_VALUE;
