import { GatewayError } from "../lib/errors.ts";
import { nearest } from "../lib/nearest.ts";
import type { Candidate, Strategy } from "../routing/strategy.ts";
import type { CandidateRecord, RouteRecord } from "../schema/event.ts";
import { servesModel, type Target } from "./target.ts";

/** A group as the configuration names it: its own targets and strategy. */
export interface ModelGroup {
  readonly names: ReadonlySet<string>;
  readonly targets: readonly Target[];
  readonly strategy: Strategy;
}

/** What routing knows of one configuration. */
export interface RouteTable {
  readonly targets: readonly Target[];
  readonly groups: readonly ModelGroup[];
  readonly strategy: Strategy;
  /** Every name a caller may use, for suggestions. */
  readonly names: readonly string[];
}

/** Where a request goes, in order, and how that came about. */
export interface Route {
  readonly targets: readonly Target[];
  readonly failover: boolean;
  readonly record: RouteRecord;
}

/** Why a target cannot take this request, or null. */
export type Objection = (target: Target) => string | null;

/**
 * Model → pool → eligible candidates with reasons → order. Throws `model_not_found` for a name nobody serves, and
 * `service_unavailable` with the reasons by count where every candidate was dropped.
 *
 * `exactModel`: only targets that declare the model are in the pool, because another model's answer would mean
 * something else (vectors of another space). `strategy`: the caller's own, before the group's and the gateway's.
 */
export function decideRoute(
  table: RouteTable,
  asked: string | null,
  want: { objection: Objection; exactModel: boolean; strategy?: Strategy | null },
): Route {
  const group = asked === null ? undefined : table.groups.find((candidate) => candidate.names.has(asked));
  // a target's id comes before the models that others serve under the same name
  const isId = group === undefined && requireKnown(table, asked) === "id";
  const serves = (target: Target): boolean => (isId ? target.id === asked : servesModel(target, asked));
  const pool = group?.targets ?? table.targets;
  const strategy = want.strategy ?? group?.strategy ?? table.strategy;
  const candidates: CandidateRecord[] = [];
  const eligible: Target[] = [];
  const choice: Candidate[] = [];
  for (const [position, target] of pool.entries()) {
    const otherModel = want.exactModel && group === undefined && !serves(target);
    const dropped = otherModel ? "other_model" : want.objection(target);
    candidates.push({ target: target.id, dropped });
    if (dropped !== null) continue;
    eligible.push(target);
    choice.push({ id: target.id, position, weight: target.weight, servesModel: serves(target) });
  }
  const decision = strategy.pick(choice);
  const order = [...decision.order];
  const record = { strategy: strategy.name, asked: asked ?? "", candidates, order };
  const targets = order.map((id) => eligible.find((target) => target.id === id)!);
  return { targets, failover: decision.failover, record };
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
