import { GatewayError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/json/json.ts";
import type { Tick } from "../../lib/ticker.ts";
import type { Target } from "../targets/target.ts";
import type { AskOptions } from "./ask-target.ts";
import type { Asked } from "./asked.ts";
import { ClientGone, HedgedOut } from "./failure.ts";

/** What one try has of time. */
export interface Limits {
  /** Monotonic ms by which the head (of a stream) or the whole answer must be there. */
  readonly headMs: number;
  readonly startedMs: number;
  readonly firstTokenMs: number;
  readonly deadlineMs: number;
}

/** How long a target may take for this request, by its configuration, by what is asked, and by what is left. */
export function limitsOf(asked: Asked, target: Target, options: AskOptions): Limits {
  const startedMs = options.services.clock.monotonic();
  const whole = options.context.stream ? target.streamTimeoutMs : target.timeoutMs;
  const deadlineMs = Math.min(options.deadlineMs, startedMs + whole);
  const thinks = target.reasoning || asksToThink(asked.parsed.value);
  const firstTokenMs = thinks ? target.streamTimeoutMs : target.firstTokenMs;
  const headMs = options.context.stream ? Math.min(deadlineMs, startedMs + firstTokenMs) : deadlineMs;
  return { headMs, startedMs, firstTokenMs, deadlineMs };
}

/** A request for thinking may be silent for as long as the stream may take. */
function asksToThink(value: JsonObject): boolean {
  const effort = value["reasoning_effort"];
  if (typeof effort === "string" && effort !== "none" && effort !== "minimal" && effort !== "low") return true;
  return value["prompt_mode"] === "reasoning";
}

/** One AbortController for one attempt, fed by the client's going and by its time limit. */
export class AttemptGuard {
  readonly #controller = new AbortController();
  readonly #options: AskOptions;
  readonly #gone = (): void => {
    const { reason } = this.#options.context.signal;
    this.abort(reason instanceof HedgedOut ? reason : new ClientGone("The client went away"));
  };
  readonly #timer: Tick;

  constructor(options: AskOptions, untilMs: number) {
    this.#options = options;
    this.#timer = (nowMs) => {
      const { over } = options.ticker;
      if (over !== null) this.abort(over);
      else if (nowMs >= untilMs)
        this.abort(new GatewayError("upstream_timeout", "The upstream did not answer in the time allowed"));
    };
    const { signal } = options.context;
    if (signal.aborted) this.#gone();
    signal.addEventListener("abort", this.#gone);
    options.ticker.add(this.#timer);
  }

  /** Of everything that the attempt waits for. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** From here on somebody else keeps the time. */
  stopTimer(): void {
    this.#options.ticker.remove(this.#timer);
  }

  /** Lets go of the client's signal and of the timer. */
  release(): void {
    this.stopTimer();
    this.#options.context.signal.removeEventListener("abort", this.#gone);
  }
}
