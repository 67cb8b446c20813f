import { GatewayError } from "../../lib/errors.ts";
import type { Target } from "../targets/target.ts";
import type { Reply } from "./ask-target.ts";
import type { Asked } from "./asked.ts";
import type { AttemptEntry } from "./attempt-entry.ts";
import { type Hedging, hedgeDelayMs } from "./hedging.ts";
import { Lane } from "./lane.ts";
import { type AttemptOptions, mayMoveOn, remaining } from "./rules.ts";
import { askWithRetries } from "./tries.ts";

/** A target that gave no answer, and why. */
export interface Failure {
  readonly target: Target;
  readonly error: GatewayError;
}

/** What asking came to: the answer, or everybody's failure in the order of the route. */
export type Outcome = { readonly reply: Reply } | { readonly failures: readonly Failure[] };

/**
 * Asks the targets of one request so that, once, a second one is asked beside a slow first. Whoever has a real first
 * event (streams) or the answer first wins, and the other is cancelled. While both are at it, a failure is no end and
 * nobody is asked again: the other one is waited for.
 */
export class HedgedRequest {
  readonly #asked: Asked;
  readonly #options: AttemptOptions;
  readonly #hedging: Hedging;
  /** All there have been; at most two of them are at work. */
  readonly #lanes: Lane[] = [];
  /** Who was asked beside another. */
  #second: Lane | null = null;

  constructor(asked: Asked, options: AttemptOptions, hedging: Hedging) {
    this.#asked = asked;
    this.#options = options;
    this.#hedging = hedging;
    hedging.share.begin();
  }

  /** Whether the target was asked beside another one already. */
  hasAsked(target: Target): boolean {
    return this.#second?.target === target;
  }

  /**
   * Asks one target, and the one that `next` opens beside it where it takes too long; `refuseFiltered` as of every try.
   * Rejects with what is no failure of a target, such as the client's going.
   */
  ask(
    entry: AttemptEntry,
    { next, refuseFiltered }: { next: () => AttemptEntry | null; refuseFiltered: boolean },
  ): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const { rules } = this.#options;
    const lanes: Lane[] = [];
    let over = false;
    const end = (winner: Lane | null, cause: string): boolean => {
      if (over) return false;
      over = true;
      cancelTimer();
      for (const lane of lanes) if (lane !== winner) lane.cancel(cause);
      return true;
    };
    const failed = (lane: Lane, thrown: unknown): void => {
      if (over) return;
      if (thrown instanceof GatewayError) {
        lane.failure = thrown;
        const isFinal = lane === lanes[0] && !mayMoveOn(thrown, rules);
        if (!isFinal && lanes.some(({ failure }) => failure === null)) return;
        resolve({
          failures: lanes.flatMap(({ target, failure: error }) => (error === null ? [] : [{ target, error }])),
        });
      } else reject(thrown);
      end(null, "the request was over");
    };
    const run = (lane: Lane, mayRetry: () => boolean): void => {
      lanes.push(lane);
      askWithRetries(lane.entry, this.#asked, { ...lane.options, mayRetry, refuseFiltered }).then(
        (reply) => {
          if (end(lane, `${lane.target.id} answered first`)) resolve({ reply: lane.win(reply) });
          else lane.drop(reply);
        },
        (thrown) => failed(lane, thrown),
      );
    };
    const cancelTimer = this.#second === null ? this.#whenSlow(entry.target, () => hedge()) : () => {};
    const hedge = (): void => {
      const { share } = this.#hedging;
      const beside = share.hasRoom ? next() : null;
      if (beside === null) return;
      share.take();
      this.#second = this.#lane(beside);
      run(this.#second, () => true);
    };
    run(this.#lane(entry), () => lanes.every((lane, place) => place === 0 || lane.failure !== null));
    return promise;
  }

  #lane(entry: AttemptEntry): Lane {
    const lane = new Lane(entry, { asked: this.#asked, options: this.#options, lanes: this.#lanes });
    this.#lanes.push(lane);
    return lane;
  }

  /** Calls back once the target has been silent for too long; gives what stops that. */
  #whenSlow(target: Target, hedge: () => void): () => void {
    const { context, services } = this.#options;
    const { endpoint, stream } = context;
    const nowMs = services.clock.monotonic();
    const delayMs = hedgeDelayMs(this.#hedging, target, { endpoint, stream, nowMs });
    return delayMs < remaining(this.#options) ? services.clock.after(delayMs, hedge) : () => {};
  }
}
