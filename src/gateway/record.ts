import type { RequestContext } from "../lib/context.ts";
import type { JsonObject } from "../lib/json/json.ts";
import { thousandths } from "../lib/thousandths.ts";
import type { TraceContext } from "../lib/trace-context.ts";
import type { CarbonRecord } from "../schema/carbon-record.ts";
import type { AskedRouting, RequestEvent, RouteRecord, TokenUsage, TraceRecord } from "../schema/event.ts";
import type { RoutingTrace } from "../schema/routing-trace.ts";
import type { Pass } from "./admission/admission.ts";
import type { AttemptEntry } from "./attempts/attempt-entry.ts";
import { totalCost } from "./budgets/cost.ts";
import type { Ended, RequestReceipt } from "./carbon/receipts.ts";
import { carbonRecord } from "./carbon/record.ts";
import type { ChainRun } from "./chain/chain-api.ts";
import type { Ending } from "./ending.ts";
import type { RoutingStory } from "./routes/story.ts";
import { serverTiming, type Times, timingRecord } from "./timing.ts";
import { addUsage, UNKNOWN_USAGE } from "./usage.ts";

/** What is known of one request while it runs; becomes the one {@link RequestEvent}. */
export class RequestRecord {
  readonly attempts: AttemptEntry[] = [];
  run: ChainRun | null = null;
  /** Null where nothing is limited, and until the caller is known. */
  pass: Pass | null = null;
  /** Whether it has one of the gateway's places, which it must give back. */
  hasPlace = false;
  /** Bytes of its body that take room among those of all requests, which it must give back. */
  keptBytes = 0;
  route: RouteRecord | null = null;
  /** How its region was found; null where no region is configured and the caller asked for none. */
  routing: RoutingStory | null = null;
  /** Null until its body is known. */
  receipt: RequestReceipt | null = null;
  /** What is known of a stream at its end; null: it is none, or has not begun. */
  ended: (() => Ended) | null = null;
  model: string | null = null;
  /** What the request itself asked of routing. */
  askedRouting: AskedRouting | null = null;
  answeredModel: string | null = null;
  /** `Clock.monotonic()` when the request policies were done, and when the route was decided. */
  policedMs: number | null = null;
  routedMs: number | null = null;
  /** What an answer used that a policy did not want: it is paid for, and so part of what the request used. */
  unwanted: TokenUsage | null = null;
  target: string | null = null;
  finishReasons: readonly string[] = [];
  /** The request's own: the only thing that tells it from others, since callers may repeat an id. */
  readonly context: RequestContext;
  readonly #configHash: string;

  constructor(context: RequestContext, configHash: string) {
    this.context = context;
    this.#configHash = configHash;
  }

  /** The routing trace as it stands now; null: there is none. */
  trace(): RoutingTrace | null {
    return this.routing?.trace({ answering: this.target, attempts: this.attempts }) ?? null;
  }

  /** {@link trace} as canonical JSON text. */
  traceText(): string | null {
    return this.routing?.traceText({ answering: this.target, attempts: this.attempts }) ?? null;
  }

  /** What the `server-timing` header says now. */
  serverTiming(nowMs: number): string {
    return serverTiming(this.#times(), nowMs, this.run !== null);
  }

  #times(): Times {
    return { startedMs: this.context.startedMs, policedMs: this.policedMs, routedMs: this.routedMs };
  }

  /** What the request took; null: no region is configured, or nobody answered. */
  #carbon(used: TokenUsage, last: TokenUsage): CarbonRecord | null {
    const { receipt, routing } = this;
    if (receipt === null || routing === null || this.target === null) return null;
    receipt.settle(this);
    const { made } = receipt;
    const estimate = made ?? receipt.estimate(this, { own: last, all: used });
    if (estimate === null) return null;
    const usual = routing.defaultGrid(this.target);
    return carbonRecord(estimate, { receiptId: made === null ? null : receipt.id, usual });
  }

  /** The event of the whole request, frozen. */
  event(ending: Ending, nowMs: number): RequestEvent {
    const { run } = this;
    const { trace } = this.context;
    const attempts = this.attempts.map((entry) => entry.record);
    const last = attempts.findLast(({ outcome }) => outcome !== "hedged_out");
    const usage = ending.usage ?? addUsage(this.unwanted, last?.usage ?? UNKNOWN_USAGE);
    const carbon = this.#carbon(usage, last?.usage ?? UNKNOWN_USAGE);
    return Object.freeze({
      id: this.context.id,
      at: this.context.receivedAtMs,
      endpoint: this.context.endpoint,
      stream: this.context.stream,
      consumer: this.context.consumer,
      model: this.model,
      answered_model: this.answeredModel === null ? null : kept(this.answeredModel, KEPT_NAME),
      target: this.target,
      verdict: run?.verdict() ?? "allow",
      policies: run === null ? [] : [...run.records],
      ...(this.askedRouting === null ? {} : { asked_routing: this.askedRouting }),
      route: this.route,
      attempts,
      status: ending.status ?? 0,
      outcome: ending.outcome,
      finish_reasons: this.finishReasons.slice(0, KEPT_REASONS).map((reason) => kept(reason, KEPT_REASON)),
      usage,
      cost: totalCost(attempts),
      first_token_ms: last?.first_token_ms ?? null,
      duration_ms: thousandths(nowMs - this.context.startedMs),
      timing: timingRecord(this.#times()),
      ...(trace === undefined ? {} : { trace: traceRecord(trace) }),
      degraded: [...(run?.degraded ?? []), ...(this.pass?.degraded === true ? ["counters_local"] : [])],
      config: this.#configHash,
      ...(this.routing === null ? {} : { routing_trace: this.trace() }),
      ...(carbon === null ? {} : { carbon }),
    });
  }
}

/** What an upstream may write into the ledger: a name as long as a caller's, and the reasons of as many choices as prompts. */
const KEPT_NAME = 512;
const KEPT_REASON = 64;
const KEPT_REASONS = 2_048;

function kept(said: string, units: number): string {
  return said.length <= units ? said : `${said.slice(0, units - 1).toWellFormed()}…`;
}

function traceRecord({ traceId, spanId, parentSpanId, sampled }: TraceContext): TraceRecord {
  return { trace_id: traceId, span_id: spanId, parent_span_id: parentSpanId, sampled };
}

/** The finish reasons of a whole answer, in order of the choices. */
export function finishReasonsOf(answer: JsonObject): readonly string[] {
  const choices = answer["choices"];
  if (!Array.isArray(choices)) return [];
  const reasons: string[] = [];
  for (const choice of choices as readonly JsonObject[]) {
    if (typeof choice?.["finish_reason"] === "string") reasons.push(choice["finish_reason"]);
  }
  return reasons;
}
