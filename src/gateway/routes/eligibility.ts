import type { Endpoint } from "../../lib/context.ts";
import type { GatewayError } from "../../lib/errors.ts";
import { contextLengthError } from "../../lib/tokens/context-error.ts";
import type { ContextAnswer } from "../../lib/tokens/context-guard.ts";
import type { Obstacle } from "../targets/circuit-breaker.ts";
import type { Target } from "../targets/target.ts";
import type { Objection } from "./pool.ts";
import { nothingLeft, type Route, type RouteTable } from "./route.ts";

const TOO_LARGE = "context too large";
const LACKING = "missing capability: ";

/** What decides whether a target can take one request. */
export interface Want {
  readonly endpoint: Endpoint;
  /** Targets whose context the request does not fit into; null: nobody had to count. */
  readonly tooLong: ReadonlyMap<Target, ContextAnswer> | null;
  /** What a target was seen to lack for it; null: that is no reason, because nobody else is left. */
  readonly lackOf: ((target: Target) => string | null) | null;
  /** `Clock.monotonic()`. */
  readonly nowMs: number;
}

/** How soon a caller who met saturated targets only may ask again: attempts end all the time. */
const SATURATED_MS = 1_000;

/** Why a target that works in principle is left alone by this request; null: nothing is known against it. */
export function obstacleOf(target: Target, nowMs: number): Obstacle | null {
  return obstacle(target, nowMs, target.live.breaker.obstacle(nowMs));
}

/** The same for whoever might come next: what there is to show. */
export function obstacleToAll(target: Target, nowMs: number): Obstacle | null {
  return obstacle(target, nowMs, target.live.breaker.obstacleToAll(nowMs));
}

function obstacle(target: Target, nowMs: number, breaker: Obstacle | null): Obstacle | null {
  const { probe } = target.live;
  if (probe.unhealthy) return { reason: "probe unhealthy", untilMs: probe.dueMs };
  return breaker ?? (isSaturated(target) ? { reason: "saturated", untilMs: nowMs + SATURATED_MS } : null);
}

/** Whether a target has as many attempts as it may (`max_in_flight`). */
function isSaturated({ maxInFlight, live }: Target): boolean {
  return maxInFlight !== null && (live.places?.taken ?? live.inFlight) >= maxInFlight;
}

/** Why targets cannot take this request: for good first, then for this prompt, then for now. */
export function objectionTo({ endpoint, tooLong, lackOf, nowMs }: Want): Objection {
  return (target) => {
    if (target.unavailable !== null) return target.unavailable;
    if (target.provider.codecs[endpoint] === undefined) return `${LACKING}${endpoint}`;
    if (tooLong?.has(target)) return TOO_LARGE;
    const lack = lackOf === null ? null : lackOf(target);
    if (lack !== null) return `${LACKING}${lack}`;
    return obstacleOf(target, nowMs)?.reason ?? null;
  };
}

/** Whether nobody is left, and somebody would be who lacks a capability. */
export function saysLacking({ targets, record }: Route): boolean {
  return targets.length === 0 && record.candidates.some(({ dropped }) => dropped?.startsWith(LACKING));
}

/**
 * The error for a route on which nobody is left: `context_length_exceeded` where only the prompt is in the way, else
 * `service_unavailable`, with `Retry-After` until the first target may be asked again.
 */
export function nobodyLeft(table: RouteTable, { record }: Route, { endpoint, tooLong, nowMs }: Want): GatewayError {
  const waits: number[] = [];
  const dropped = new Map(record.candidates.map((candidate) => [candidate.target, candidate.dropped]));
  for (const target of table.targets) {
    const obstacle = obstacleOf(target, nowMs);
    if (obstacle !== null && obstacle.reason === dropped.get(target.id))
      waits.push(Math.max(0, obstacle.untilMs - nowMs));
  }
  if (waits.length > 0) return nothingLeft(record, Math.min(...waits));
  // only of the candidates: what does not fit elsewhere is nobody's business here
  const answers = [...(tooLong ?? [])].filter(([target]) => dropped.get(target.id) === TOO_LARGE);
  if (answers.length === 0) return nothingLeft(record);
  return contextLengthError(
    endpoint,
    answers.map(([, answer]) => answer),
  );
}
