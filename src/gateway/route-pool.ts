import { ENDPOINTS, type Endpoint } from "../lib/context.ts";
import type { Parsed } from "../lib/json.ts";
import { NANO_USD } from "../lib/pricing.ts";
import type { Candidate, Strategy } from "../routing/strategy.ts";
import type { CandidateRecord } from "../schema/event.ts";
import { estimateOf, upperCost } from "./budgets-estimate.ts";
import type { TurnCounters } from "./route-turns.ts";
import { servesModel, type Target } from "./target.ts";

/** Targets that a strategy chooses among. */
export interface Pool {
  readonly targets: readonly Target[];
  readonly strategy: Strategy;
  readonly turns: TurnCounters;
}

/** What all pools of a configuration order by. */
export interface PickRules {
  /** Header whose value keeps a caller on one target; null: none does. */
  readonly stickyBy: string | null;
  readonly minSampleCount: number;
  readonly windowMs: number;
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
  /** The caller's own, before the group's and the gateway's. */
  readonly strategy: Strategy | null;
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
}

/** A candidate that leads back to its target. */
interface PoolCandidate extends Candidate {
  readonly target: Target;
}

/** Eligible candidates of one pool, with reasons, in the order of the strategy. */
export function decidePool(
  pool: Pool,
  of: { readonly kind: AskedKind; readonly request: RouteRequest; readonly table: PickRules },
): PoolDecision {
  const { request, table } = of;
  const strategy = request.strategy ?? pool.strategy;
  const { candidates, eligible, turnKey } = sift(pool, of.kind, { request, strategy });
  const sticky = table.stickyBy === null ? null : stickyOf(request.headers.get(table.stickyBy));
  const { order, failover, because } = strategy.pick(eligible, {
    turn: pool.turns.next(turnKey),
    sticky,
    minSampleCount: table.minSampleCount,
    windowMs: table.windowMs,
    nowMs: request.nowMs,
  });
  // whoever is to stay on one variant gets no other for its being slow
  const stays = sticky !== null && strategy.uses.includes("sticky");
  const targets = order.map(({ target }) => target);
  return { strategy, candidates, targets, failover, hedgeable: stays ? 0 : targets.length, because };
}

/** What a pool comes to for one request. */
interface Sifted {
  readonly candidates: CandidateRecord[];
  readonly eligible: readonly PoolCandidate[];
  /** Names the kind of request together with who is eligible. */
  readonly turnKey: number;
}

/** Every target of the pool, and those among them that may be asked. */
function sift(pool: Pool, kind: AskedKind, by: { request: RouteRequest; strategy: Strategy }): Sifted {
  const { request, strategy } = by;
  const { asked, endpoint, stream } = request;
  // vectors of another model mean something else: embeddings are never another model's
  const exact = kind !== "group" && (strategy.pool === "serving" || endpoint === "embeddings");
  const estimate = strategy.uses.includes("prices") ? estimateOf(endpoint, request.parsed) : null;
  const candidates: CandidateRecord[] = [];
  const eligible: PoolCandidate[] = [];
  let first = true;
  let turnKey = ENDPOINTS.indexOf(endpoint) * 2 + Number(stream);
  for (const [position, target] of pool.targets.entries()) {
    // a target's id comes before the models that others serve under the same name
    const serves = kind === "id" ? target.id === asked : servesModel(target, asked);
    let dropped: string | null;
    if (exact && !serves) dropped = "other_model";
    else if (strategy.pool === "first" && !first) dropped = "not the first target";
    else {
      dropped = request.objection(target);
      first = false;
    }
    candidates.push({ target: target.id, dropped });
    if (dropped !== null) continue;
    turnKey = Math.imul(turnKey, 31) + position + 1;
    const price = estimate === null ? null : upperCost(target, asked, estimate);
    const priceUsd = price === null ? null : price / NANO_USD;
    eligible.push(candidateOf(target, request, { position, servesModel: serves, priceUsd }));
  }
  return { candidates, eligible, turnKey };
}

function candidateOf(
  target: Target,
  { endpoint, stream }: RouteRequest,
  known: Pick<Candidate, "position" | "servesModel" | "priceUsd">,
): PoolCandidate {
  const { latency, tokenTime } = target.live.stats.of(endpoint, stream);
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
  };
}

/** A number in [0, 1) that stays the same for the same value, on every node and in every version: XXH32. */
function stickyOf(value: string | null): number | null {
  return value === null || value === "" ? null : Bun.hash.xxHash32(value) / 2 ** 32;
}
