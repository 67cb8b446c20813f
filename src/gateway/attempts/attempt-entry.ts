import type { Clock } from "../../lib/clock.ts";
import type { RequestContext } from "../../lib/context.ts";
import { isTargetFault } from "../../lib/outcomes.ts";
import { thousandths } from "../../lib/thousandths.ts";
import type { Writable } from "../../lib/writable.ts";
import type { AttemptRecord } from "../../schema/event.ts";
import { costOf } from "../budgets/cost.ts";
import type { Ending } from "../ending.ts";
import type { Verdict } from "../targets/circuit-breaker.ts";
import { givePlace, type Target, upstreamModel } from "../targets/target.ts";
import { Observation } from "../targets/target-stats.ts";
import { UNKNOWN_USAGE } from "../usage.ts";

/** What an attempt brings along. */
export interface AttemptStart {
  /** Receipt of the request (`Clock.monotonic()`): the zero of every offset. */
  readonly zeroMs: number;
  readonly clock: Clock;
  /** What is asked: figures of one kind say nothing about another. */
  readonly kind: Pick<RequestContext, "endpoint" | "stream">;
  /** The breaker's; goes back to it when the attempt ends, however it ends. */
  readonly permit: number;
  /** From when on (monotonic) a timeout is no fault of the target's. */
  readonly excusedFromMs: number;
  /** Whether it is made beside another that takes too long. */
  readonly hedge?: boolean;
}

/** One try at one target while it runs; counts for the target's live state. */
export class AttemptEntry {
  readonly target: Target;
  readonly record: Writable<AttemptRecord>;
  readonly #start: AttemptStart;
  readonly #observation: Observation;
  #ended = false;

  constructor(target: Target, asked: string | null, start: AttemptStart) {
    this.target = target;
    this.#start = start;
    const nowMs = start.clock.monotonic();
    const started = thousandths(nowMs - start.zeroMs);
    this.#observation = new Observation(target.live.stats, start.kind, nowMs);
    this.record = {
      target: target.id,
      provider: target.provider.name,
      model: upstreamModel(target, asked),
      started_ms: started,
      first_token_ms: null,
      ended_ms: started,
      status: null,
      outcome: "ok",
      cause: null,
      usage: UNKNOWN_USAGE,
    };
    if (start.hedge === true) this.record.hedge = true;
    if (target.place !== null) this.record.region = target.place.region.code;
    target.live.requests++;
  }

  /** The first real event of a stream is there. */
  firstToken(): void {
    const nowMs = this.#start.clock.monotonic();
    this.record.first_token_ms = thousandths(nowMs - this.#start.zeroMs);
    this.#observation.firstToken(nowMs);
  }

  /** Closes the entry, once; later calls do nothing. */
  end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    const { record } = this;
    const nowMs = this.#start.clock.monotonic();
    record.ended_ms = thousandths(nowMs - this.#start.zeroMs);
    record.status = ending.status;
    record.outcome = ending.outcome;
    record.cause = ending.cause ?? null;
    if (ending.usage !== undefined) record.usage = ending.usage;
    record.cost = costOf(this.target, record.model, record.usage);
    const { live } = this.target;
    givePlace(this.target);
    const verdict = this.#verdict(ending, nowMs);
    live.breaker.settle(this.#start.permit, verdict, nowMs);
    const seen = ending.unusable === true || UNUSABLE.has(ending.outcome) ? "failure" : verdict;
    this.#observation.end({ verdict: seen, tokens: record.usage.completion_tokens }, nowMs);
    if (ending.outcome === "ok") live.lastSuccessAtMs = this.#start.clock.now();
    else if (isTargetFault(ending.outcome)) {
      live.failures++;
      live.lastError = `${ending.outcome}: ${ending.cause ?? ""}`;
    }
  }

  /** What counts: connection errors, timeouts, 5xx, cut streams, answers nobody could use. A 429 does not. */
  #verdict({ outcome, blameless }: Ending, nowMs: number): Verdict {
    if (blameless) return "nothing";
    switch (outcome) {
      case "ok":
        return "success";
      case "upstream_failed":
      case "upstream_cut":
      case "upstream_invalid_answer":
        return "failure";
      case "upstream_timeout":
        return nowMs >= this.#start.excusedFromMs ? "nothing" : "failure";
      default:
        return "nothing";
    }
  }
}

/** No fault that a breaker could wait for to pass, and yet no answer: whoever orders by speed must not take it for fast. */
const UNUSABLE: ReadonlySet<string> = new Set(["upstream_auth_failed", "upstream_model_missing"]);
