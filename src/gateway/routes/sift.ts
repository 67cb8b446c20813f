import { ENDPOINTS } from "../../lib/context.ts";
import { NANO } from "../../lib/nano.ts";
import { type Candidate, type CandidateRegion, type Strategy, UNSEEN } from "../../routing/strategy.ts";
import type { CandidateRecord } from "../../schema/event.ts";
import { estimateOf, upperCost } from "../budgets/estimate.ts";
import type { GridSnapshot } from "../carbon/grid-snapshot.ts";
import { servesModel, type Target } from "../targets/target.ts";
import type { AskedKind, Pool, RouteRequest } from "./pool.ts";
import type { Wanted } from "./route-regions.ts";
import { regionObjection } from "./wish.ts";

/** A candidate that leads back to its target. */
export interface PoolCandidate extends Candidate {
  readonly target: Target;
}

/** The targets of a pool, looked through for one request. */
export interface Sifted {
  readonly candidates: CandidateRecord[];
  readonly eligible: readonly PoolCandidate[];
  /** Targets that would be asked if nothing were the matter with them now; empty where regions play no part. */
  readonly wanted: readonly Wanted[];
  /** Names the kind of request together with who is eligible. */
  readonly turnKey: number;
}

/** Measures for strategies that read none. */
const UNREAD = { latency: UNSEEN, tokenTime: UNSEEN };

/** Every target of the pool, and those among them that may be asked. */
export function sift(
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
