import type { Endpoint } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import type { Strategy } from "../../routing/strategy.ts";
import type { CandidateRecord } from "../../schema/event.ts";
import type { GridSnapshot } from "../carbon/grid-snapshot.ts";
import type { Target } from "../targets/target.ts";
import type { RegionMemory } from "./current-regions.ts";
import { PLAIN, pickWithin, type RegionDecision, regionDecision, remember } from "./route-regions.ts";
import { sift } from "./sift.ts";
import type { TurnCounters } from "./turns.ts";
import { strategyFor, type Wish } from "./wish.ts";

/** Targets that a strategy chooses among. */
export interface Pool {
  /** The group's; empty for the pool of all targets. */
  readonly name: string;
  /** Whether each of its targets has a region. */
  readonly regional: boolean;
  readonly targets: readonly Target[];
  readonly strategy: Strategy;
  readonly turns: TurnCounters;
}

/** What all pools of a configuration order by. */
export interface PickRules {
  /** Header whose value keeps a caller on one target; null: none does. */
  readonly stickyBy: string | null;
  readonly minSampleCount: number;
  /** How many gateways of this process measure targets, each for itself. */
  readonly explorers: number;
  readonly windowMs: number;
  /** Whether any target of the configuration has a region. */
  readonly regions: boolean;
  /** Where pools went last by carbon intensity. */
  readonly current: RegionMemory;
}

/** What the name is that a request asks for: of a group, a target, or a model. */
export type AskedKind = "group" | "id" | "model";

/** Why a target cannot take this request, or null. */
export type Objection = (target: Target) => string | null;

/** One request, as far as it decides where it goes. */
export interface RouteRequest {
  /** The model it names. */
  readonly asked: string | null;
  readonly endpoint: Endpoint;
  readonly stream: boolean;
  readonly parsed: Parsed;
  readonly headers: Headers;
  readonly objection: Objection;
  /** What it asks of routing, before what the group and the gateway do. */
  readonly wish: Wish;
  readonly grids: GridSnapshot;
  /** `Clock.monotonic()`. */
  readonly nowMs: number;
}

/** What one pool comes to for one request. */
export interface PoolDecision {
  readonly strategy: Strategy;
  readonly candidates: CandidateRecord[];
  /** The targets to ask, in order. */
  readonly targets: readonly Target[];
  /** Whether targets behind the first may be asked at all. */
  readonly failover: boolean;
  /** How many of them, from the first, hedging may ask beside one another. */
  readonly hedgeable: number;
  /** Why the first is first. */
  readonly because: string;
  readonly regions: RegionDecision;
}

/** Eligible candidates of one pool, with reasons, in the order of the strategy. */
export function decidePool(
  pool: Pool,
  of: { readonly kind: AskedKind; readonly request: RouteRequest; readonly table: PickRules },
): PoolDecision {
  const { request, table } = of;
  const { wish, nowMs } = request;
  const usual = wish.strategy ?? pool.strategy;
  const strategy = strategyFor(wish, usual);
  const regional = table.regions || wish.asked;
  const sifted = sift(pool, of.kind, { request, strategy, usual, regional });
  const { candidates, eligible, turnKey } = sifted;
  const sticky = table.stickyBy === null ? null : stickyOf(request.headers.get(table.stickyBy));
  const carbon = strategy.uses.includes("signals");
  const poolKey = carbon ? `${pool.name}\n${of.kind === "group" ? "" : request.asked}` : "";
  const { order, failover, because, regions, first } = pickWithin(
    strategy,
    { pin: wish.pin, eligible },
    {
      turn: pool.turns.next(turnKey),
      sticky,
      minSampleCount: table.minSampleCount,
      explorers: table.explorers,
      windowMs: table.windowMs,
      nowMs,
      regional: pool.regional || (wish.routing === "standard" && table.regions),
      latencyBudgetMs: wish.latencyBudgetMs,
      currentRegion: carbon ? table.current.of(poolKey, nowMs) : null,
    },
  );
  if (carbon) remember(table.current, poolKey, { eligible, order, live: regions?.mode === "live", nowMs });
  for (const { candidate, reason } of regions?.leftOut ?? []) {
    if (order.includes(candidate)) continue;
    candidates.find(({ target }) => target === candidate.id)!.dropped = reason;
  }
  // whoever is to stay on one variant gets no other for its being slow
  const stays = sticky !== null && strategy.uses.includes("sticky");
  const targets = order.map(({ target }) => target);
  const decided = regional ? regionDecision({ strategy, wish, sifted, order, verdict: regions }) : PLAIN;
  return { strategy, candidates, targets, failover, hedgeable: stays ? 0 : first, because, regions: decided };
}

/** A number in [0, 1) that stays the same for the same value, on every node and in every version: XXH32. */
function stickyOf(value: string | null): number | null {
  return value === null || value === "" ? null : Bun.hash.xxHash32(value) / 2 ** 32;
}
