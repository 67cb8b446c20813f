import { ENDPOINTS, type Endpoint } from "../lib/context.ts";
import { GatewayError } from "../lib/errors.ts";
import type { Parsed } from "../lib/json.ts";
import { nearest } from "../lib/nearest.ts";
import { NANO_USD } from "../lib/pricing.ts";
import type { Candidate, Strategy } from "../routing/strategy.ts";
import type { CandidateRecord, RouteRecord } from "../schema/event.ts";
import { estimateOf, upperCost } from "./budgets-estimate.ts";
import type { TurnCounters } from "./route-turns.ts";
import { servesModel, type Target } from "./target.ts";

/** Targets that a strategy chooses among. */
export interface Pool {
  readonly targets: readonly Target[];
  readonly strategy: Strategy;
  readonly turns: TurnCounters;
}

/** A group as the configuration names it: its own targets and strategy. */
export interface ModelGroup extends Pool {
  readonly names: ReadonlySet<string>;
}

/** What routing knows of one configuration; as a pool, it is that of all targets. */
export interface RouteTable extends Pool {
  readonly groups: readonly ModelGroup[];
  /** Every name a caller may use, for suggestions. */
  readonly names: readonly string[];
  /** Header whose value keeps a caller on one target; null: none does. */
  readonly stickyBy: string | null;
  readonly minSampleCount: number;
  readonly windowMs: number;
}

/** Where a request goes, in order, and how that came about. */
export interface Route {
  readonly targets: readonly Target[];
  readonly failover: boolean;
  /** Of so many targets, from the first, one may be asked beside another that is slow. */
  readonly hedgeable: number;
  readonly record: RouteRecord;
}

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

/** A candidate that leads back to its target. */
interface PoolCandidate extends Candidate {
  readonly target: Target;
}

/**
 * Model → pool → eligible candidates with reasons → order; an empty order where every candidate was dropped. Throws
 * `model_not_found` for a name nobody serves.
 */
export function decideRoute(table: RouteTable, request: RouteRequest): Route {
  const { asked } = request;
  const group = asked === null ? undefined : table.groups.find((candidate) => candidate.names.has(asked));
  const kind = group === undefined ? requireKnown(table, asked) : "group";
  const pool = group ?? table;
  const strategy = request.strategy ?? pool.strategy;
  const { candidates, eligible, turnKey } = sift(pool, kind, { request, strategy });
  const sticky = table.stickyBy === null ? null : stickyOf(request.headers.get(table.stickyBy));
  const decision = strategy.pick(eligible, {
    turn: pool.turns.next(turnKey),
    sticky,
    minSampleCount: table.minSampleCount,
    windowMs: table.windowMs,
    nowMs: request.nowMs,
  });
  const order: string[] = [];
  const targets: Target[] = [];
  for (const { id, target } of decision.order) {
    order.push(id);
    targets.push(target);
  }
  const record: RouteRecord = { strategy: strategy.name, asked: asked ?? "", candidates, order };
  if (order.length > 0) record.decision = decision.because;
  // whoever is to stay on one variant gets no other for its being slow
  const stays = sticky !== null && strategy.uses.includes("sticky");
  return { targets, failover: decision.failover, hedgeable: stays ? 0 : targets.length, record };
}

/** What a pool comes to for one request. */
interface Sifted {
  readonly candidates: CandidateRecord[];
  readonly eligible: readonly PoolCandidate[];
  /** Names the kind of request together with who is eligible. */
  readonly turnKey: number;
}

/** Every target of the pool, and those among them that may be asked. */
function sift(pool: Pool, kind: "group" | "id" | "model", by: { request: RouteRequest; strategy: Strategy }): Sifted {
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

/** The error for a route on which nothing is left, naming the reasons by count and when to ask again, if that is known. */
export function nothingLeft(record: RouteRecord, retryAfterMs?: number): GatewayError {
  const counts = new Map<string, number>();
  for (const { dropped } of record.candidates)
    if (dropped !== null) counts.set(dropped, (counts.get(dropped) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `${count} × ${reason}`).join(", ");
  return new GatewayError(
    "service_unavailable",
    `No target can take this request: ${reasons === "" ? "none is configured" : reasons}`,
    { retryAfterMs },
  );
}

/** What the name is, where no group bears it; throws `model_not_found` where it is nothing. */
function requireKnown(table: RouteTable, asked: string | null): "id" | "model" {
  if (table.targets.some((target) => target.id === asked)) return "id";
  if (asked === null || table.targets.some((target) => servesModel(target, asked))) return "model";
  const near = nearest(asked, table.names, 3);
  const shown = asked.slice(0, 128);
  const hint =
    near.length > 0
      ? `did you mean ${near.map((name) => `'${name}'`).join(" or ")}?`
      : "GET /v1/models lists what is served";
  throw new GatewayError("model_not_found", `The model '${shown}' is not served here: ${hint}`, { param: "model" });
}
