import { ENDPOINTS, type Endpoint } from "../../lib/context.ts";
import type { Parsed } from "../../lib/json/json.ts";
import { NANO } from "../../lib/nano.ts";
import type { Candidate, CandidateRegion, Measure, Strategy } from "../../routing/strategy.ts";
import type { CandidateRecord } from "../../schema/event.ts";
import { estimateOf, upperCost } from "../budgets/estimate.ts";
import type { GridSnapshot } from "../carbon/grid-snapshot.ts";
import { servesModel, type Target } from "../targets/target.ts";
import type { RegionMemory } from "./current-regions.ts";
import { PLAIN, pickWithin, type RegionDecision, regionDecision, remember, type Wanted } from "./route-regions.ts";
import type { TurnCounters } from "./turns.ts";
import { regionObjection, strategyFor, type Wish } from "./wish.ts";

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
  /** So many gateways of this process measure targets, each for itself. */
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
  /** Whom to ask, in order. */
  readonly targets: readonly Target[];
  /** Whether targets behind the first may be asked at all. */
  readonly failover: boolean;
  /** Of so many of them, from the first, one may be asked beside another that is slow. */
  readonly hedgeable: number;
  /** Why the first is first. */
  readonly because: string;
  readonly regions: RegionDecision;
}

/** A candidate that leads back to its target. */
export interface PoolCandidate extends Candidate {
  readonly target: Target;
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

/** What a pool comes to for one request. */
export interface Sifted {
  readonly candidates: CandidateRecord[];
  readonly eligible: readonly PoolCandidate[];
  /** Targets that would be asked if nothing were the matter with them now; empty where regions play no part. */
  readonly wanted: readonly Wanted[];
  /** Names the kind of request together with who is eligible. */
  readonly turnKey: number;
}

/** Measures for strategies that read none. */
const UNSEEN: Measure = {
  averageMs: null,
  lastMs: null,
  lastAtMs: Number.NEGATIVE_INFINITY,
  samples: 0,
  waiting: 0,
  silentSinceMs: null,
};
const UNREAD = { latency: UNSEEN, tokenTime: UNSEEN };

/** Every target of the pool, and those among them that may be asked. */
function sift(
  pool: Pool,
  kind: AskedKind,
  by: { request: RouteRequest; strategy: Strategy; usual: Strategy; regional: boolean },
): Sifted {
  const { request, strategy, usual, regional } = by;
  const { asked, endpoint, stream, wish } = request;
  // vectors of another model mean something else: embeddings are never another model's
  const exact =
    kind !== "group" &&
    (strategy.pool === "serving" || usual.pool === "serving" || wish.pin !== null || endpoint === "embeddings");
  const carbon = strategy.uses.includes("signals");
  const measured = strategy.uses.includes("measures");
  const wanted: Wanted[] = [];
  const estimate = strategy.uses.includes("prices") ? estimateOf(endpoint, request.parsed) : null;
  const candidates: CandidateRecord[] = [];
  const eligible: PoolCandidate[] = [];
  let first = true;
  let turnKey = ENDPOINTS.indexOf(endpoint) * 2 + Number(stream);
  for (let position = 0; position < pool.targets.length; position++) {
    const target = pool.targets[position]!;
    // a target's id comes before the models that others serve under the same name
    const serves = kind === "id" ? target.id === asked : servesModel(target, asked);
    let dropped = exact && !serves ? "other_model" : regionObjection(wish, target, carbon);
    if (dropped === null && strategy.pool === "first" && !first) dropped = "not the first target";
    if (dropped === null) {
      dropped = request.objection(target);
      first = false;
      if (regional) wanted.push({ target, position, serves, dropped });
    }
    candidates.push({ target: target.id, dropped });
    if (dropped !== null) continue;
    turnKey = Math.imul(turnKey, 31) + position + 1;
    const price = estimate === null ? null : upperCost(target, asked, estimate);
    const priceUsd = price === null ? null : price / NANO;
    eligible.push(
      candidateOf(target, request, {
        position,
        servesModel: serves,
        priceUsd,
        region: regionOf(target, carbon ? request.grids : null),
        measured,
      }),
    );
  }
  return { candidates, eligible, wanted, turnKey };
}

function candidateOf(
  target: Target,
  { endpoint, stream }: RouteRequest,
  known: Pick<Candidate, "position" | "servesModel" | "priceUsd" | "region"> & { readonly measured: boolean },
): PoolCandidate {
  const { latency, tokenTime } = known.measured ? target.live.stats.of(endpoint, stream) : UNREAD;
  return {
    target,
    id: target.id,
    position: known.position,
    weight: target.weight,
    servesModel: known.servesModel,
    inFlight: target.live.inFlight,
    latency,
    tokenTime,
    priceUsd: known.priceUsd,
    region: known.region,
  };
}

/** Where a target stands, as strategies see it; without `grids` nobody asks for signals. */
function regionOf({ place, live }: Target, grids: GridSnapshot | null): CandidateRegion | null {
  if (place === null) return null;
  const { region, pathRank } = place;
  return {
    code: region.code,
    zone: region.gridZone,
    pathRank,
    latencyMs: live.probe.network?.p95 ?? region.latencyMs?.p95 ?? null,
    signal: grids?.operational(region) ?? null,
  };
}

/** A number in [0, 1) that stays the same for the same value, on every node and in every version: XXH32. */
function stickyOf(value: string | null): number | null {
  return value === null || value === "" ? null : Bun.hash.xxHash32(value) / 2 ** 32;
}
