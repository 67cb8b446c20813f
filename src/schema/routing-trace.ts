import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, oneOf } from "./shapes.ts";
import { SignalClass, TraceSignal } from "./signal.ts";

/** What a request was routed by. */
export const RoutePolicy = oneOf(["standard", "carbon_aware", "pinned"], {
  description: "what the request was routed by",
});
export type RoutePolicy = Static<typeof RoutePolicy>;

/** What the decision was before the first attempt; nothing that happens later changes it. */
export const DecisionMode = oneOf(["live", "degraded", "standard", "failover", "pinned"], {
  description: "the decision before the first attempt; what came after it stands in failover",
});
export type DecisionMode = Static<typeof DecisionMode>;

/** That another target answered than the one that was chosen. */
export const TraceFailover = Closed({
  from_target: Type.String(),
  from_region: nullable(Type.String()),
  reason: Type.String({ description: "why the chosen target did not answer" }),
});
export type TraceFailover = Static<typeof TraceFailover>;

/** One target of the pool as the decision saw it. */
export const TraceCandidate = Closed({
  target: Type.String(),
  region: nullable(Type.String()),
  gco2_per_kwh: nullable(Type.Number({ description: "of the best signal there is, whatever its class" })),
  class: nullable(SignalClass),
  eligible: Type.Boolean({ description: "whether the decision was among it and others" }),
  reason: nullable(Type.String({ description: "why not, or why nothing could be decided by it" })),
});
export type TraceCandidate = Static<typeof TraceCandidate>;

/** The limits that the decision kept to. */
export const TraceThresholds = Closed({
  live_minutes: Type.Number(),
  fresh_minutes: Type.Number(),
  accept_fresh: Type.Boolean(),
  accept_forecast: Type.Boolean(),
  hysteresis_gco2_per_kwh: Type.Number(),
  hysteresis_share: Type.Number(),
  latency_budget_ms: nullable(Type.Number()),
});
export type TraceThresholds = Static<typeof TraceThresholds>;

/** Why a request went where it went: in the answer, in the ledger, and in `weir explain`. */
export const RoutingTrace = Closed({
  route_policy: RoutePolicy,
  decision_mode: DecisionMode,
  decision_reason: Type.String({ description: "why so, or the name of the strategy" }),
  region: nullable(Type.String({ description: "the one that answered; null: none did, or it is unknown" })),
  failover: nullable(TraceFailover),
  operational_signal: nullable(TraceSignal),
  receipt_signal: nullable(TraceSignal),
  thresholds: TraceThresholds,
  candidates: Type.Array(TraceCandidate),
});
export type RoutingTrace = Static<typeof RoutingTrace>;
