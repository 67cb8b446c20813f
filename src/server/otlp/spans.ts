import type { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { pathOf } from "../../lib/endpoint-paths.ts";
import { genAiLabels, genAiOperation } from "../../lib/metrics/gen-ai.ts";
import { makeSpanId } from "../../lib/trace-context.ts";
import type { AttemptRecord, PolicyRecord, RequestEvent, TokenUsage, TraceRecord } from "../../schema/event.ts";

/** A span as OpenTelemetry's exporter takes it. */
export type Span = Parameters<OTLPTraceExporter["export"]>[0][number];
/** The resource that all spans are of: this process. */
export type Resource = Span["resource"];

type Attributes = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** Kinds and status codes of the OpenTelemetry trace API. */
const KIND = { internal: 0, server: 1, client: 2 } as const;
const UNSET = 0;
const ERROR = 2;
/** What a client wrote is cut here. */
const MAX_TEXT = 256;
const SCOPE = { name: "weir" };

interface Draft {
  readonly name: string;
  readonly kind: keyof typeof KIND;
  readonly spanId: string;
  readonly parent: string | null;
  /** Milliseconds since the request was received. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly attributes: Attributes;
  /** An error code; null: it ended well. */
  readonly error?: string | null;
  readonly events?: readonly { readonly name: string; readonly atMs: number; readonly attributes?: Attributes }[];
}

/**
 * The spans of one request: the request itself from receipt to the last byte of its answer, in it the request policies,
 * routing, and every attempt, and in each attempt of a stream the wait for the first token and the stream. None where
 * the event has no trace, or the caller decided not to sample. Names and attributes are those of the OpenTelemetry
 * conventions for HTTP and generative AI where there are some, else `weir.*`; no text of request or answer is in them.
 */
export function spansOf(event: RequestEvent, resource: Resource): Span[] {
  const { trace } = event;
  if (trace === undefined || !trace.sampled) return [];
  const drafts = [requestSpan(event, trace), ...stepSpans(event, trace)];
  for (const attempt of event.attempts) drafts.push(...attemptSpans(event, attempt, trace));
  return drafts.map((draft) => spanOf(draft, { event, trace, resource }));
}

function requestSpan(event: RequestEvent, trace: TraceRecord): Draft {
  const route = pathOf(event.endpoint) ?? event.endpoint;
  const isFault =
    event.status >= 500 || (event.status === 200 && event.outcome !== "ok" && event.outcome !== "cancelled");
  return {
    name: `POST ${route}`,
    kind: "server",
    spanId: trace.span_id,
    parent: trace.parent_span_id,
    fromMs: 0,
    toMs: event.duration_ms,
    error: isFault ? event.outcome : null,
    attributes: {
      "http.request.method": "POST",
      "http.route": route,
      "http.response.status_code": event.status,
      "gen_ai.operation.name": genAiOperation(event.endpoint),
      "gen_ai.request.model": event.model,
      "gen_ai.response.model": event.answered_model,
      "gen_ai.response.finish_reasons": event.finish_reasons,
      ...usageAttributes(event.usage),
      "weir.request_id": event.id,
      "weir.stream": event.stream,
      "weir.consumer": event.consumer,
      "weir.target": event.target,
      "weir.verdict": event.verdict,
      "weir.outcome": event.outcome,
      "weir.cost_usd": event.cost?.usd,
      "weir.cost_basis": event.cost?.basis,
      "weir.usage_basis": event.usage.basis,
      "weir.attempts": event.attempts.length,
      "weir.degraded": event.degraded,
      "weir.config": event.config,
      ...(event.outcome === "ok" ? {} : { "error.type": event.outcome }),
    },
    events: [
      ...(event.first_token_ms === null ? [] : [{ name: "first_token", atMs: event.first_token_ms }]),
      ...policyEvents(
        event.policies.filter(({ phase }) => phase === "output"),
        event.duration_ms,
      ),
      ...(event.stream ? [{ name: "end_of_stream", atMs: event.duration_ms }] : []),
    ],
  };
}

/** Request policies and routing, as far as the request came. */
function stepSpans({ timing, route, policies, duration_ms }: RequestEvent, trace: TraceRecord): Draft[] {
  if (timing === undefined) return [];
  const asked = policies.filter(({ phase }) => phase !== "output");
  const policyEnd = timing.policy_ms ?? duration_ms;
  const spans: Draft[] = [];
  const own = { kind: "internal", parent: trace.span_id } as const;
  if (timing.policy_ms !== null || asked.length > 0) {
    spans.push({
      ...own,
      name: "weir.policy",
      spanId: makeSpanId(),
      fromMs: 0,
      toMs: policyEnd,
      attributes: { "weir.policies": asked.map(({ policy, verdict }) => `${policy}: ${verdict}`) },
      events: policyEvents(asked, policyEnd),
    });
  }
  if (timing.policy_ms === null || route === null) return spans;
  const dropped = route.candidates.flatMap(({ target, dropped: why }) => (why === null ? [] : [`${target}: ${why}`]));
  spans.push({
    ...own,
    name: "weir.routing",
    spanId: makeSpanId(),
    fromMs: policyEnd,
    toMs: timing.routing_ms === null ? duration_ms : policyEnd + timing.routing_ms,
    attributes: {
      "weir.strategy": route.strategy,
      "weir.order": route.order,
      "weir.dropped": dropped,
      "weir.decision": route.decision,
    },
  });
  return spans;
}

function attemptSpans(event: RequestEvent, attempt: AttemptRecord, trace: TraceRecord): Draft[] {
  const [operation, provider, model] = genAiLabels(event.endpoint, attempt);
  const spanId = attempt.span_id ?? makeSpanId();
  const isFault = attempt.outcome !== "ok" && attempt.outcome !== "cancelled" && attempt.outcome !== "hedged_out";
  const { started_ms: fromMs, ended_ms: toMs, first_token_ms: firstMs } = attempt;
  const spans: Draft[] = [
    {
      name: `${operation} ${model}`,
      kind: "client",
      spanId,
      parent: trace.span_id,
      fromMs,
      toMs,
      error: isFault ? attempt.outcome : null,
      attributes: {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        ...usageAttributes(attempt.usage),
        "http.response.status_code": attempt.status,
        "weir.target": attempt.target,
        "weir.outcome": attempt.outcome,
        "weir.cost_usd": attempt.cost?.usd,
        "weir.hedge": attempt.hedge,
        "weir.resent": attempt.resent,
        ...(isFault ? { "error.type": attempt.outcome } : {}),
      },
      events: firstMs === null ? [] : [{ name: "first_token", atMs: firstMs }],
    },
  ];
  if (firstMs === null) return spans;
  const own = { kind: "internal", parent: spanId, attributes: {} } as const;
  spans.push({ ...own, name: "weir.first_token", spanId: makeSpanId(), fromMs, toMs: firstMs });
  spans.push({ ...own, name: "weir.stream", spanId: makeSpanId(), fromMs: firstMs, toMs });
  return spans;
}

function policyEvents(said: readonly PolicyRecord[], atMs: number) {
  return said.map(({ policy, phase, verdict, mode, reason_code, findings, score }) => ({
    name: "weir.verdict",
    atMs,
    attributes: {
      "weir.policy": policy,
      "weir.phase": phase,
      "weir.verdict": verdict,
      "weir.mode": mode,
      "weir.reason_code": reason_code,
      "weir.findings": findings,
      "weir.score": score,
    },
  }));
}

function usageAttributes(usage: TokenUsage): Attributes {
  return {
    "gen_ai.usage.input_tokens": usage.prompt_tokens,
    "gen_ai.usage.output_tokens": usage.completion_tokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cached_tokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoning_tokens,
  };
}

function spanOf(
  draft: Draft,
  { event, trace, resource }: { event: RequestEvent; trace: TraceRecord; resource: Resource },
): Span {
  const context = (spanId: string, isRemote = false) => ({ traceId: trace.trace_id, spanId, traceFlags: 1, isRemote });
  const toMs = Math.max(draft.fromMs, draft.toMs);
  const failed = draft.error !== null && draft.error !== undefined;
  return {
    name: draft.name,
    kind: KIND[draft.kind],
    spanContext: () => context(draft.spanId),
    ...(draft.parent === null ? {} : { parentSpanContext: context(draft.parent, draft.kind === "server") }),
    startTime: hrTime(event.at + draft.fromMs),
    endTime: hrTime(event.at + toMs),
    duration: hrTime(toMs - draft.fromMs),
    status: failed ? { code: ERROR, message: draft.error! } : { code: UNSET },
    attributes: attributesOf(draft.attributes),
    events: (draft.events ?? []).map(({ name, atMs, attributes = {} }) => ({
      name,
      time: hrTime(event.at + atMs),
      attributes: attributesOf(attributes),
    })),
    links: [],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Without what is not known; text of a client's is cut. */
function attributesOf(attributes: Attributes): Span["attributes"] {
  const known: Record<string, string | number | boolean | string[]> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "string") known[name] = value.slice(0, MAX_TEXT);
    else known[name] = typeof value === "object" ? value.map((text) => text.slice(0, MAX_TEXT)) : value;
  }
  return known;
}

/** Seconds and nanoseconds, as OpenTelemetry writes a time. */
export function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000);
  // doubles hold an epoch to about a microsecond: what is below is noise
  return [seconds, Math.min(999_999_999, Math.max(0, Math.round((ms - seconds * 1000) * 1000) * 1000))];
}
