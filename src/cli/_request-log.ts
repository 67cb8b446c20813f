import type { Clock } from "../lib/clock.ts";
import type { RequestEvent } from "../schema/event.ts";
import type { ProcessLog } from "./_log.ts";

/** Lines are written so long after the first of them, so that no answer waits for one. */
const LATEST_MS = 10;
/** What may wait at most. */
const BATCH = 256;

/** One line of the log per model request: what it was, where it went, what it cost; no text of it, nor of its answer. */
export class RequestLog {
  readonly #log: Pick<ProcessLog, "many">;
  readonly #clock: Clock;
  #waiting: RequestEvent[] = [];
  #cancel: (() => void) | null = null;

  constructor(log: Pick<ProcessLog, "many">, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  push(event: RequestEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length >= BATCH) this.flush();
    else this.#cancel ??= this.#clock.after(LATEST_MS, () => this.flush());
  }

  /** Writes what waits. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    const events = this.#waiting;
    this.#waiting = [];
    this.#log.many(
      events.map((event) => ({ level: isFault(event) ? "warn" : "info", fields: lineOf(event) })),
      "request",
    );
  }
}

function isFault({ status, outcome }: RequestEvent): boolean {
  return status >= 500 || outcome.startsWith("upstream_");
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
