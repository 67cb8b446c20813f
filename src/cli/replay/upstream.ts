import { UNKNOWN_USAGE } from "../../gateway/usage.ts";
import { isTargetFault } from "../../lib/outcomes.ts";
import type { AttemptRecord, RequestEvent } from "../../schema/event.ts";
import { answerBody, streamPieces } from "./answers.ts";
import type { Past } from "./past.ts";
import type { ReplayTime } from "./time.ts";

/**
 * The longest that a replayed answer takes: the record does not say how a slower one would have met limits on silence.
 */
const MOST_MS = 25_000;
/** How long a target takes of which there is no record. */
const USUAL_MS = 500;
/** What is added to the time of an attempt that lost to a hedge: it was cut off before it had answered. */
const SLOWER_MS = 1_000;
/** How long an upstream that never answers is silent: the gateway's own limits end such a call before. */
const NEVER_MS = 86_400_000;
/** How long a target that was seen to fail is taken to go on failing while the record says nothing newer. */
const REMEMBER_MS = 300_000;

/** Why candidates were left alone that had failed before. */
const DOWN: ReadonlySet<string> = new Set(["breaker open", "probe unhealthy"]);
/** How one fails of which nothing else is known. */
const DOWN_ATTEMPT: AttemptRecord = {
  target: "",
  provider: "",
  model: "",
  started_ms: 0,
  first_token_ms: null,
  ended_ms: 0,
  status: 503,
  outcome: "upstream_failed",
  cause: null,
  usage: UNKNOWN_USAGE,
};
/** Outcomes of attempts by which the request is at fault. */
const REFUSALS: ReadonlySet<string> = new Set(["upstream_rejected", "context_length_exceeded"]);

/** Answers calls from what is on record of their request: who failed fails again, everybody else answers as one did. */
export class ReplayUpstream {
  readonly #time: ReplayTime;
  readonly #past: Past;
  readonly #targets: readonly string[];
  readonly #events = new Map<string, { readonly event: RequestEvent; readonly tries: Map<string, number> }>();
  /** The last attempt on record at each target, and when its request came. */
  readonly #lately = new Map<string, { readonly attempt: AttemptRecord; readonly at: number }>();

  constructor(time: ReplayTime, targets: readonly string[], past: Past) {
    this.#time = time;
    this.#targets = targets;
    this.#past = past;
  }

  /** Calls that carry this id are those of that event. */
  open(id: string, event: RequestEvent): void {
    this.#events.set(id, { event, tries: new Map() });
    for (const attempt of event.attempts) this.#lately.set(attempt.target, { attempt, at: event.at });
  }

  close(id: string): void {
    this.#events.delete(id);
  }

  /** `fetch`, without a network. */
  readonly fetch = (async (url: string, init: RequestInit): Promise<Response> => {
    const known = this.#events.get(new Headers(init.headers).get("x-request-id") ?? "");
    const target = this.#targets[Number(/target-(\d+)\./.exec(url)?.[1])];
    if (known === undefined || target === undefined) throw new TypeError("no request of a replay");
    const { tries } = known;
    const event = target === known.event.target ? known.event : withoutBill(known.event);
    const place = tries.get(target) ?? 0;
    tries.set(target, place + 1);
    const fault = this.#faultOf(event, { target, place });
    if (fault === "resting") return restingAnswer();
    const answered = event.attempts.find(({ outcome }) => outcome === "ok") ?? null;
    const like = fault ?? event.attempts.filter((attempt) => attempt.target === target)[place] ?? answered;
    const { signal } = init;
    const wait = (ms: number) => this.#time.call(ms, signal);
    if (fault?.outcome === "upstream_timeout" && fault.status === null) await wait(NEVER_MS);
    const tookMs = like === null ? USUAL_MS : took(like);
    const firstMs = Math.min(
      tookMs,
      Math.max(0, (like?.first_token_ms ?? like?.ended_ms ?? 0) - (like?.started_ms ?? 0)),
    );
    const cut = fault?.outcome === "upstream_cut" || (fault !== null && event.stream && fault.first_token_ms !== null);
    if (cut) return cutAnswer({ event, past: this.#past, wait, firstMs, tookMs });
    if (fault !== null || !event.stream) {
      await wait(tookMs);
      return fault === null
        ? Response.json(answerBody(event, this.#past))
        : failureOf(fault, this.#past.restMs(event, target));
    }
    await wait(firstMs);
    const pieces = streamPieces(event, this.#past);
    return streamed(pieces, async (at) => (at === 1 ? wait(tookMs - firstMs) : undefined));
  }) as typeof fetch;

  /** How a call fails; null: it does not. Beyond what is on record a target goes on as it was. */
  #faultOf(event: RequestEvent, of: { target: string; place: number }): AttemptRecord | "resting" | null {
    const { at, attempts, route } = event;
    const { target, place } = of;
    const own = attempts.filter((attempt) => attempt.target === target);
    const recorded = own[place] ?? own.at(-1);
    if (recorded !== undefined) {
      return isTargetFault(recorded.outcome) || REFUSALS.has(recorded.outcome) ? recorded : null;
    }
    const dropped = route?.candidates.find((candidate) => candidate.target === target)?.dropped ?? "";
    if (dropped === "resting") return dropped;
    const last = this.#lately.get(target);
    if (DOWN.has(dropped))
      return last !== undefined && isTargetFault(last.attempt.outcome) ? last.attempt : DOWN_ATTEMPT;
    if (last === undefined || at - last.at > REMEMBER_MS || !isTargetFault(last.attempt.outcome)) return null;
    return last.attempt;
  }
}

function took({ outcome, started_ms, ended_ms }: AttemptRecord): number {
  const ms = Math.min(MOST_MS, Math.max(0, ended_ms - started_ms));
  return outcome === "hedged_out" ? ms + SLOWER_MS : ms;
}

/** What a provider charged says nothing of what another one, asked in its place, would. */
function withoutBill(event: RequestEvent): RequestEvent {
  const { billed_usd: _, ...usage } = event.usage;
  return { ...event, usage };
}

/** What whoever was resting would have said. */
function restingAnswer(): Response {
  const error = { message: "recorded: resting", type: "rate_limit_error", code: null };
  return Response.json({ error }, { status: 429 });
}

/** Thrown as a broken connection is. */
function broken(code: "ECONNREFUSED" | "ConnectionClosed"): Error {
  return Object.assign(new Error("recorded"), { code });
}

/** The failure on record once more: its status, or what a connection does. `restMs`: how long it is to be left alone. */
function failureOf({ outcome, status }: AttemptRecord, restMs: number | null): Response {
  if (outcome === "upstream_invalid_answer" && (status === null || status < 400)) {
    return new Response("{", { headers: { "content-type": "application/json" } });
  }
  if (status === null || status < 400) throw broken("ECONNREFUSED");
  const code = outcome === "context_length_exceeded" ? outcome : null;
  return Response.json(
    { error: { message: `recorded: ${outcome}`, type: "server_error", code } },
    { status, headers: restOf(outcome, restMs) },
  );
}

function restOf(outcome: string, restMs: number | null): Record<string, string> {
  return outcome !== "upstream_rate_limited" || restMs === null ? {} : { "retry-after-ms": String(Math.ceil(restMs)) };
}

/** An answer whose connection breaks: a stream behind its first words, a whole one before its end. */
async function cutAnswer(of: {
  readonly event: RequestEvent;
  readonly past: Past;
  readonly wait: (ms: number) => Promise<void>;
  readonly firstMs: number;
  readonly tookMs: number;
}): Promise<Response> {
  const { event, past, wait, firstMs, tookMs } = of;
  await wait(event.stream ? firstMs : tookMs);
  if (!event.stream) throw broken("ConnectionClosed");
  const [first = ""] = streamPieces(event, past);
  return streamed([first, ""], async (at) => {
    if (at === 0) return;
    await wait(tookMs - firstMs);
    throw broken("ConnectionClosed");
  });
}

/** A stream of events; `before` is awaited before each piece and may break it. */
function streamed(pieces: readonly string[], before: (at: number) => Promise<void>): Response {
  const encoder = new TextEncoder();
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          await before(at);
          controller.enqueue(encoder.encode(pieces[at++]));
          if (at === pieces.length) controller.close();
        } catch (thrown) {
          controller.error(thrown);
        }
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
