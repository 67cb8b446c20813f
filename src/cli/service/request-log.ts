import { Batch } from "../../lib/batch.ts";
import type { Clock } from "../../lib/clock.ts";
import type { RequestEvent } from "../../schema/event.ts";
import type { ProcessLog } from "./log.ts";

/** Lines are written so long after the first of them, so that no answer waits for one. */
const LIMITS = { most: 256, latestMs: 10 };

/**
 * One line of the log per model request: its facts, its target and its cost, never a text of the request or the answer.
 */
export class RequestLog {
  readonly #batch: Batch<RequestEvent>;

  constructor(log: Pick<ProcessLog, "many">, clock: Clock) {
    this.#batch = new Batch(clock, LIMITS, (events) => {
      const lines = events.map((event) => ({ level: levelOf(event), fields: lineOf(event) }));
      log.many(lines, "request");
    });
  }

  push(event: RequestEvent): void {
    this.#batch.add(event);
  }

  /** Writes what waits. */
  flush(): void {
    this.#batch.flush();
  }
}

function levelOf({ status, outcome }: RequestEvent): "warn" | "info" {
  return status >= 500 || outcome.startsWith("upstream_") ? "warn" : "info";
}

/** What is known of a request, without what a client wrote freely: a model name only where a target took it. */
function lineOf(event: RequestEvent): object {
  const { usage, cost, trace } = event;
  return {
    request_id: event.id,
    ...(trace === undefined ? {} : { trace_id: trace.trace_id }),
    received_at: event.at,
    endpoint: event.endpoint,
    stream: event.stream,
    status: event.status,
    outcome: event.outcome,
    verdict: event.verdict,
    consumer: event.consumer,
    model: event.target === null ? null : event.model,
    target: event.target,
    attempts: event.attempts.map(({ target, outcome }) => `${target}: ${outcome}`),
    policies: event.policies
      .filter(({ verdict }) => verdict !== "allow" && verdict !== "skipped")
      .map(({ policy, phase, verdict, mode }) => `${policy}: ${verdict} (${phase}, ${mode})`),
    first_token_ms: event.first_token_ms,
    duration_ms: event.duration_ms,
    prompt_tokens: usage.prompt_tokens,
    completion_tokens: usage.completion_tokens,
    usage_basis: usage.basis,
    cost_usd: cost?.usd ?? null,
    cost_basis: cost?.basis ?? "unknown",
    degraded: event.degraded,
    config: event.config,
  };
}
