import type { Endpoint } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import { nearestFew } from "../../lib/nearest.ts";
import type { RouteRecord } from "../../schema/event.ts";
import type { RegionRules } from "../carbon/regions.ts";
import type { Chain } from "../chain/chain-api.ts";
import { servesModel, type Target } from "../targets/target.ts";
import { decidePool, type PickRules, type Pool, type PoolDecision, type RouteRequest } from "./pool.ts";
import type { RegionDecision } from "./route-regions.ts";

/** A group as the configuration names it: its own targets and strategy. */
export interface ModelGroup extends Pool {
  /** Its own and its aliases. */
  readonly names: ReadonlySet<string>;
  /** Its own policies; null: the gateway's. */
  readonly chain: Chain | null;
  /** The pools that its requests go on to, in order, when none of its own targets can take or answer them. */
  readonly fallbacks: readonly Pool[];
}

/** What routing knows of one configuration; as a pool, it is that of all targets. */
export interface RouteTable extends Pool, PickRules {
  readonly regionRules: RegionRules;
  /** Network round trip (p95) that carbon-aware routing may take up where nobody says otherwise; null: any. */
  readonly latencyBudgetMs: number | null;
  readonly groups: readonly ModelGroup[];
  /** Every name a caller may use, for suggestions. */
  readonly names: readonly string[];
}

/** Where a request goes, in order, and how that came about. */
export interface Route {
  readonly targets: readonly Target[];
  readonly failover: boolean;
  /** How many of the targets, from the first, hedging may ask beside one another. */
  readonly hedgeable: number;
  readonly record: RouteRecord;
  /** How regions came into it. */
  readonly regions: RegionDecision;
}

/**
 * Model → pool → eligible candidates with reasons → order; an empty order where every candidate was dropped. Throws
 * `model_not_found` for a name nobody serves.
 */
export function decideRoute(table: RouteTable, request: RouteRequest): Route {
  const { asked } = request;
  const group = groupNamed(table, asked);
  const kind = group === undefined ? requireKnown(table, asked) : "group";
  const own = decidePool(group ?? table, { kind, request, table });
  const route = {
    targets: own.targets,
    failover: own.failover,
    hedgeable: own.hedgeable,
    record: recordOf(own, asked),
    regions: own.regions,
  };
  return group === undefined || group.fallbacks.length === 0 ? route : withFallbacks(route, group, { request, table });
}

/** The group that bears a name, as its own or as an alias. */
export function groupNamed({ groups }: RouteTable, asked: string | null): ModelGroup | undefined {
  return asked === null ? undefined : groups.find(({ names }) => names.has(asked));
}

/** Every target that a request for this name may reach: embeddings are never another model's. */
export function reachable(table: RouteTable, asked: string | null, endpoint: Endpoint): readonly Target[] {
  const group = groupNamed(table, asked);
  if (group !== undefined) return [group, ...group.fallbacks].flatMap(({ targets }) => targets);
  return endpoint === "embeddings" ? table.targets.filter((target) => servesModel(target, asked)) : table.targets;
}

/** The policies of a request: the consumer's own before the group's, the group's before the gateway's. */
export function chainFor(
  table: RouteTable,
  of: { consumer: { readonly chain: Chain | null } | null | undefined; model: string | null; usual: Chain },
): Chain {
  return of.consumer?.chain ?? groupNamed(table, of.model)?.chain ?? of.usual;
}

function recordOf({ strategy, candidates, targets, because }: PoolDecision, asked: string | null): RouteRecord {
  const order = targets.map(({ id }) => id);
  const record: RouteRecord = { strategy: strategy.name, asked: asked ?? "", candidates, order };
  if (order.length > 0) record.decision = because;
  return record;
}

/** The route with whom its group's requests go on to behind it. A target has one place, the first. */
function withFallbacks(route: Route, group: ModelGroup, by: { request: RouteRequest; table: RouteTable }): Route {
  const targets = [...route.targets];
  const candidates = [...route.record.candidates];
  let { failover, hedgeable, regions } = route;
  let { decision } = route.record;
  for (const fallback of group.fallbacks) {
    const next = decidePool(fallback, { ...by, kind: "group" });
    const more = next.targets.filter((target) => !targets.includes(target));
    for (const { target, dropped } of next.candidates) {
      const known = candidates.find((candidate) => candidate.target === target);
      if (known === undefined) candidates.push({ target, dropped });
      else if (dropped === null) known.dropped = null;
    }
    if (more.length === 0) continue;
    if (targets.length === 0) {
      ({ failover, hedgeable, regions } = next);
      decision = `fallback group ${fallback.name}: ${next.because}`;
    } else failover = true;
    targets.push(...more);
  }
  const order = targets.map(({ id }) => id);
  const record: RouteRecord = { ...route.record, candidates, order };
  if (decision !== undefined) record.decision = decision;
  return { targets, failover, hedgeable, record, regions };
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
  const near = nearestFew(asked, table.names, 3);
  const shown = asked.slice(0, 128);
  const hint =
    near.length > 0
      ? `did you mean ${near.map((name) => `'${name}'`).join(" or ")}?`
      : "GET /v1/models lists what is served";
  throw new GatewayError("model_not_found", `The model '${shown}' is not served here: ${hint}`, { param: "model" });
}
