import type { Endpoint } from "../lib/context.ts";
import type { GatewayError } from "../lib/errors.ts";
import { contextLengthError } from "../lib/tokens/context-error.ts";
import type { ContextAnswer } from "../lib/tokens/context-guard.ts";
import type { Obstacle } from "./breaker.ts";
import { nothingLeft, type Objection, type Route, type RouteTable } from "./route.ts";
import type { Target } from "./target.ts";

/** What decides whether a target can take one request. */
export interface Want {
  readonly endpoint: Endpoint;
  /** Targets whose context the request does not fit into; null: nobody had to count. */
  readonly tooLong: ReadonlyMap<Target, ContextAnswer> | null;
  /** `Clock.monotonic()`. */
  readonly nowMs: number;
}

/** Why a target that works in principle is left alone for now; null: nothing is known against it. */
export function obstacleOf({ live }: Target, nowMs: number): Obstacle | null {
  if (live.probe.unhealthy) return { reason: "probe unhealthy", untilMs: live.probe.dueMs };
  return live.breaker.obstacle(nowMs);
}

/** Why targets cannot take this request: for good first, then for this prompt, then for now. */
export function objectionTo({ endpoint, tooLong, nowMs }: Want): Objection {
  return (target) => {
    if (target.unavailable !== null) return target.unavailable;
    if (target.provider.codecs[endpoint] === undefined) return `endpoint not served: ${endpoint}`;
    if (tooLong?.has(target)) return "context too large";
    return obstacleOf(target, nowMs)?.reason ?? null;
  };
}

/**
 * The error for a route on which nobody is left: `context_length_exceeded` where only the prompt is in the way, else
 * `service_unavailable`, with `Retry-After` until the first target may be asked again.
 */
export function nobodyLeft(table: RouteTable, { record }: Route, { endpoint, tooLong, nowMs }: Want): GatewayError {
  const waits: number[] = [];
  for (const { target: id, dropped } of record.candidates) {
    const target = table.targets.find((each) => each.id === id);
    const obstacle = target === undefined ? null : obstacleOf(target, nowMs);
    if (obstacle?.reason === dropped) waits.push(Math.max(0, obstacle.untilMs - nowMs));
  }
  if (waits.length > 0) return nothingLeft(record, Math.min(...waits));
  return tooLong !== null && tooLong.size > 0
    ? contextLengthError(endpoint, [...tooLong.values()])
    : nothingLeft(record);
}
