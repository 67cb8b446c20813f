import { type Static, Type } from "@sinclair/typebox";
import { CarbonRecord } from "./carbon-record.ts";
import { RoutingTrace } from "./routing-trace.ts";
import { Closed, nullable } from "./shapes.ts";

/** Where a count comes from: the upstream's own usage, our count of what was delivered, or nowhere. */
export const Basis = Type.Union([Type.Literal("exact"), Type.Literal("estimated"), Type.Literal("unknown")]);
export type Basis = Static<typeof Basis>;

/** Tokens of a request or of one attempt; null where nobody said. */
export const TokenUsage = Closed({
  prompt_tokens: nullable(Type.Number()),
  completion_tokens: nullable(Type.Number()),
  cached_tokens: nullable(Type.Number()),
  reasoning_tokens: nullable(Type.Number()),
  basis: Basis,
  billed_usd: Type.Optional(Type.Number({ description: "what the provider itself says it charged" })),
});
export type TokenUsage = Static<typeof TokenUsage>;

/** What was paid: exact by reported tokens and a configured price, estimated by a list price or a count of ours. */
export const Cost = Closed({ usd: nullable(Type.Number()), basis: Basis });
export type Cost = Static<typeof Cost>;

/** One target of the pool and, where it was dropped, why. */
export const CandidateRecord = Closed({ target: Type.String(), dropped: nullable(Type.String()) });
export type CandidateRecord = Static<typeof CandidateRecord>;

/** How the order of targets came about. */
export const RouteRecord = Closed({
  strategy: Type.String(),
  asked: Type.String(),
  candidates: Type.Array(CandidateRecord),
  order: Type.Array(Type.String()),
  decision: Type.Optional(Type.String({ description: "why the first of the order is first" })),
});
export type RouteRecord = Static<typeof RouteRecord>;

/** What a request itself asked of routing, in `vetted` or in headers. */
export const AskedRouting = Closed({
  region: Type.Optional(Type.String()),
  secondary_region: Type.Optional(Type.String()),
  routing: Type.Optional(Type.Union([Type.Literal("carbon_aware"), Type.Literal("standard")])),
  latency_budget_ms: Type.Optional(Type.Number()),
});
export type AskedRouting = Static<typeof AskedRouting>;

/** One try at one target; times are milliseconds since the request was received. */
export const AttemptRecord = Closed({
  target: Type.String(),
  provider: Type.String(),
  model: Type.String(),
  started_ms: Type.Number(),
  first_token_ms: nullable(Type.Number()),
  ended_ms: Type.Number(),
  status: nullable(Type.Integer()),
  outcome: Type.String({ description: "ok, cancelled, hedged_out, or the error code that ended the attempt" }),
  cause: nullable(Type.String()),
  usage: TokenUsage,
  cost: Type.Optional(Cost),
  region: Type.Optional(Type.String()),
  hedge: Type.Optional(Type.Boolean({ description: "true: made beside another attempt that took too long" })),
  resent: Type.Optional(
    Type.Boolean({
      description:
        "true: sent twice, since the connection kept from before closed under it; the target may have seen both",
    }),
  ),
  span_id: Type.Optional(Type.String({ description: "its span, which the target was told as its parent" })),
});
export type AttemptRecord = Static<typeof AttemptRecord>;

/** What one policy said in one phase. Never text of the request. */
export const PolicyRecord = Closed({
  policy: Type.String(),
  phase: Type.String(),
  verdict: Type.String({ description: "allow, redact, block, escalate, skipped or error" }),
  mode: Type.String({ description: "enforce or monitor" }),
  reason_code: nullable(Type.String()),
  findings: Type.Integer(),
  score: nullable(Type.Number()),
  target: Type.Optional(
    Type.String({ description: "whose answer was judged, where another's was asked for because of it" }),
  ),
  reasons: Type.Optional(
    Type.Array(Type.String(), { description: "what kinds of things were found: name, how often, score" }),
  ),
});
export type PolicyRecord = Static<typeof PolicyRecord>;

/** What `audit-logger.content` keeps of the texts that the chain let through. */
export const KeptContent = Closed({
  form: Type.Union([Type.Literal("hash"), Type.Literal("redacted")]),
  request: nullable(Type.String({ description: "null: it was not let through" })),
  answer: nullable(Type.String()),
  truncated: Type.Optional(Type.Boolean({ description: "true: there was more" })),
});
export type KeptContent = Static<typeof KeptContent>;

/** Where a request stands in a trace (W3C Trace Context); there where traces are exported. */
export const TraceRecord = Closed({
  trace_id: Type.String(),
  span_id: Type.String(),
  parent_span_id: nullable(Type.String()),
  sampled: Type.Boolean(),
});
export type TraceRecord = Static<typeof TraceRecord>;

/** How long the gateway itself took, in milliseconds; null where the request did not come so far. */
export const TimingRecord = Closed({
  policy_ms: nullable(Type.Number({ description: "receipt to the end of the request policies" })),
  routing_ms: nullable(Type.Number({ description: "from there to the decision where to send it" })),
});
export type TimingRecord = Static<typeof TimingRecord>;

/** What a chain may have said of a request, all of it enforced. */
export const VERDICTS = ["allow", "redact", "block", "escalate"] as const;

/** The one ledger entry of one request. The same value is the stored row, the API answer and what the CLI shows. */
export const RequestEvent = Closed({
  id: Type.String({ description: "x-request-id" }),
  at: Type.Number({ description: "receipt, epoch milliseconds" }),
  endpoint: Type.String(),
  stream: Type.Boolean(),
  consumer: nullable(Type.String()),
  model: nullable(Type.String({ description: "as the caller asked" })),
  answered_model: nullable(Type.String()),
  target: nullable(Type.String()),
  verdict: Type.String({ description: "allow, redact, block or escalate: the strongest that was enforced" }),
  policies: Type.Array(PolicyRecord),
  asked_routing: Type.Optional(AskedRouting),
  route: nullable(RouteRecord),
  attempts: Type.Array(AttemptRecord),
  status: Type.Integer({ description: "HTTP status of the answer; 499 where the client left before it" }),
  outcome: Type.String({ description: "ok, cancelled, or the error code" }),
  finish_reasons: Type.Array(Type.String()),
  usage: TokenUsage,
  cost: Type.Optional(Cost),
  first_token_ms: nullable(Type.Number()),
  duration_ms: Type.Number(),
  timing: Type.Optional(TimingRecord),
  trace: Type.Optional(TraceRecord),
  degraded: Type.Array(Type.String()),
  content: Type.Optional(KeptContent),
  config: Type.String({ description: "hash of the configuration that decided" }),
  routing_trace: Type.Optional(nullable(RoutingTrace)),
  carbon: Type.Optional(CarbonRecord),
});
export type RequestEvent = Static<typeof RequestEvent>;
