import type { PickContext, RegionVerdict, RouteDecision, Strategy } from "../../routing/strategy.ts";
import type { DecisionMode, RoutePolicy } from "../../schema/routing-trace.ts";
import type { Target } from "../targets/target.ts";
import type { RegionMemory } from "./current-regions.ts";
import type { PoolCandidate, Sifted } from "./sift.ts";
import type { Pin, Wish } from "./wish.ts";

/** How regions came into the decision of one pool: what a routing trace says of it. */
export interface RegionDecision {
  readonly policy: RoutePolicy;
  readonly mode: DecisionMode;
  readonly reason: string;
  /** Eligible targets that took no part, by id, each with its reason. */
  readonly leftOut: ReadonlyMap<string, string>;
}

/** A target that would be asked if nothing were the matter with it now; `dropped`: what is. */
export interface Wanted {
  readonly target: Target;
  readonly position: number;
  readonly serves: boolean;
  readonly dropped: string | null;
}

const NOBODY: ReadonlyMap<string, string> = new Map();

/** Of a configuration without regions, for a caller that asks for none: nobody reads it. */
export const PLAIN: RegionDecision = { policy: "standard", mode: "standard", reason: "", leftOut: NOBODY };

/** An order, and how many of its first may be asked beside each other. */
type Picked = RouteDecision<PoolCandidate> & { readonly first: number };

/**
 * The order of a strategy, and under a pin its order in the primary region before that in the secondary: who stands there
 * is never asked beside a slow primary, only in its place.
 */
export function pickWithin(
  strategy: Strategy,
  { pin, eligible }: { readonly pin: Pin | null; readonly eligible: readonly PoolCandidate[] },
  context: PickContext,
): Picked {
  if (pin === null) {
    const picked = strategy.pick(eligible, context);
    return { ...picked, first: picked.order.length };
  }
  const inRegion = (code: string | null) => eligible.filter(({ region }) => region?.code === code);
  const primary = strategy.pick(inRegion(pin.primary), context);
  const secondary = strategy.pick(pin.secondary === null ? [] : inRegion(pin.secondary), context);
  if (primary.order.length === 0) return { ...secondary, first: secondary.order.length };
  return {
    ...primary,
    order: [...primary.order, ...secondary.order],
    failover: primary.failover || secondary.order.length > 0,
    first: primary.order.length,
  };
}

/** Keeps the choice of a pool for its next request, or forgets it where its region dropped out. */
export function remember(
  current: RegionMemory,
  pool: string,
  of: { eligible: readonly PoolCandidate[]; order: readonly PoolCandidate[]; live: boolean; nowMs: number },
): void {
  const { eligible, order, live, nowMs } = of;
  const chosen = order[0]?.region?.code;
  if (live && chosen !== undefined) {
    current.choose(pool, chosen, nowMs);
    return;
  }
  const last = current.of(pool, nowMs);
  if (last !== null && !eligible.some(({ region }) => region?.code === last)) current.forget(pool, nowMs);
}

/** The decision in the words of a routing trace. */
export function regionDecision(of: {
  readonly strategy: Strategy;
  readonly wish: Wish;
  readonly sifted: Sifted;
  readonly order: readonly PoolCandidate[];
  readonly verdict: RegionVerdict<PoolCandidate> | undefined;
}): RegionDecision {
  const { strategy, wish, sifted, order, verdict } = of;
  const leftOut =
    verdict === undefined || verdict.leftOut.length === 0
      ? NOBODY
      : new Map(verdict.leftOut.map(({ candidate, reason }) => [candidate.id, reason]));
  if (wish.pin !== null) {
    const secondary = order[0] !== undefined && order[0].region?.code !== wish.pin.primary;
    const reason = secondary ? "pinned_secondary_used" : "region_pinned_by_request";
    return { policy: "pinned", mode: "pinned", reason, leftOut };
  }
  if (strategy.uses.includes("signals")) {
    return { policy: "carbon_aware", mode: verdict!.mode, reason: verdict!.reason, leftOut };
  }
  if (verdict === undefined) {
    // the default path needs regions: without them it is the fallback
    const reason = strategy.name === "default_path" ? "fallback" : strategy.name;
    return { policy: "standard", mode: "standard", reason, leftOut };
  }
  const passed = passedOver(sifted.wanted, order[0]);
  const mode = passed === null ? verdict.mode : "failover";
  return { policy: "standard", mode, reason: passed ?? verdict.reason, leftOut };
}

/** What a target is dropped for that has enough to do. */
const BUSY: ReadonlySet<string | null> = new Set(["saturated", "resting"]);
/** And that is down. */
const DOWN: ReadonlySet<string | null> = new Set(["probe unhealthy", "breaker open", "breaker half-open"]);

/**
 * Whether a target is one that this request's path leads to. Whom a policy or a budget forbids, and who lacks what the
 * request needs, is none: its region is passed over at no time.
 */
function isOnPath({ target, dropped }: Wanted): boolean {
  return dropped === null || BUSY.has(dropped) || DOWN.has(dropped) || dropped === target.unavailable;
}

/** What leaves a target out that the default path leads to all the same: the choice of a region is what is compared. */
const BY_CHOICE: ReadonlySet<string | null> = new Set([
  "other_region",
  "over_latency_budget",
  "latency_unknown",
  "no_operational_signal",
  "other_basis",
  "not the first target",
]);

/**
 * The target that the default path leads to now, whatever region was chosen; null: none. Targets that are down or full
 * are passed over on it, too, and those that a policy, a budget or the request itself rules out were never an
 * alternative.
 */
export function firstOfDefaultPath(wanted: readonly Wanted[]): Target | null {
  return firstByPath(wanted.filter(({ dropped }) => dropped === null || BY_CHOICE.has(dropped)))?.target ?? null;
}

/** Why the first region of the default path was passed over; null: it was not. */
function passedOver(wanted: readonly Wanted[], chosen: PoolCandidate | undefined): string | null {
  const onPath = wanted.filter(isOnPath);
  const first = firstByPath(onPath);
  const primary = first?.target.place?.region.code;
  if (primary === undefined || primary === chosen?.region?.code) return null;
  const there = onPath.filter(
    ({ target, serves }) => target.place?.region.code === primary && serves === first!.serves,
  );
  return there.every(({ dropped }) => BUSY.has(dropped)) ? "primary_saturated" : "primary_unavailable";
}

function firstByPath(wanted: readonly Wanted[]): Wanted | undefined {
  let first = wanted[0];
  for (const each of wanted) if (byPath(each, first!) < 0) first = each;
  return first;
}

/** As the strategy orders them (`byDefaultPath`), whether they can be asked or not. */
function byPath(a: Wanted, b: Wanted): number {
  const rank = ({ target: { place } }: Wanted): number => (place === null ? 2e9 : Math.min(place.pathRank, 1e9));
  return Number(b.serves) - Number(a.serves) || rank(a) - rank(b) || a.position - b.position;
}
