import type { Clock } from "../../lib/clock.ts";
import { GatewayError } from "../../lib/errors.ts";
import { Ticker } from "../../lib/ticker.ts";
import { ClientGone } from "../attempts/failure.ts";
import type { SharedPlaces } from "../targets/shared-places.ts";

/** How many requests may run, how many may wait, and how long. */
export interface QueueLimits {
  readonly maxRunning: number;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

/** What a wait does to the connection it belongs to: see `Caller`. */
interface Socket {
  readonly bodyRead?: () => void;
  readonly answered?: () => void;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (reason: GatewayError | ClientGone) => void;
  readonly untilMs: number;
}

/** What a caller is told to wait: a queue that was full a moment ago is often free in the next. */
const RETRY_AFTER_MS = 1_000;

/**
 * The places of all requests of the process (`server.max_concurrency`), and a bounded queue in front of them: first come,
 * first served, and nobody overtakes who waits. One per process, or per thread with places that all threads share; it is
 * handed on at a reload. Taking and giving back a place costs a comparison and an addition; timers run only while
 * somebody waits.
 */
export class AdmissionQueue {
  #limits: QueueLimits;
  readonly #clock: Clock;
  readonly #ticker: Ticker;
  readonly #waiting = new Set<Waiter>();
  readonly #tick = (nowMs: number): void => this.#look(nowMs);
  readonly #places: SharedPlaces | null;
  #running = 0;

  /** `places`: where all threads count those who run; null: this queue is the only one. */
  constructor(limits: QueueLimits, clock: Clock, places: SharedPlaces | null = null) {
    this.#limits = limits;
    this.#clock = clock;
    this.#places = places;
    this.#ticker = new Ticker(clock);
  }

  /** Puts other limits in force. Who runs or waits already goes on; with more places the first of those who wait get in. */
  resize(limits: QueueLimits): void {
    this.#limits = limits;
    this.#fill();
  }

  /** Requests that wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Throws `overloaded` where neither a place nor a seat in the queue is free. */
  refuseIfFull(): void {
    if (this.#isFree() || this.#waiting.size < this.#limits.maxWaiting) return;
    const { maxRunning, maxWaiting } = this.#limits;
    const queued = maxWaiting === 0 ? "" : `, and the queue of ${maxWaiting} is full`;
    throw overloaded(`The gateway is at its limit of ${maxRunning} requests at once${queued}`);
  }

  /** Takes a place where one is free and nobody waits; false: {@link wait} for one. Give it back with {@link leave}. */
  enter(): boolean {
    return this.#waiting.size === 0 && this.#take();
  }

  /**
   * Waits for a place, in the order of arrival, and takes it. Rejects with `overloaded` where the queue is full or the
   * wait is over (`untilMs`, a reading of `Clock.monotonic()`, or the queue's own limit), with {@link ClientGone} as soon
   * as the client leaves; then there is nothing to give back.
   */
  async wait(signal: AbortSignal, untilMs: number, socket: Socket = {}): Promise<void> {
    this.refuseIfFull();
    if (signal.aborted) throw new ClientGone("The client went away while it waited");
    // who waits for us is not slow itself: the socket's limit on silence must not cut it
    socket.bodyRead?.();
    await new Promise<void>((resolve, reject) => {
      const gone = (): void => waiter.refuse(new ClientGone("The client went away while it waited"));
      const waiter: Waiter = {
        untilMs: Math.min(untilMs, this.#clock.monotonic() + this.#limits.maxWaitMs),
        admit: () => {
          signal.removeEventListener("abort", gone);
          resolve();
        },
        refuse: (reason) => {
          this.#waiting.delete(waiter);
          if (this.#waiting.size === 0) this.#ticker.remove(this.#tick);
          signal.removeEventListener("abort", gone);
          reject(reason);
        },
      };
      signal.addEventListener("abort", gone);
      if (this.#waiting.size === 0) this.#ticker.add(this.#tick);
      this.#waiting.add(waiter);
    });
    socket.answered?.();
  }

  /** Gives a place back; whoever has waited longest has it at once. */
  leave(): void {
    this.#running--;
    this.#places?.give();
    if (this.#waiting.size > 0) this.#fill();
  }

  /** Nobody who waits will get a place any more. */
  end(reason: GatewayError): void {
    for (const waiter of this.#waiting) waiter.refuse(reason);
  }

  #isFree(): boolean {
    return (this.#places?.taken ?? this.#running) < this.#limits.maxRunning;
  }

  #take(): boolean {
    const { maxRunning } = this.#limits;
    const taken = this.#places === null ? this.#running < maxRunning : this.#places.take(maxRunning);
    if (taken) this.#running++;
    return taken;
  }

  #fill(): void {
    for (const waiter of this.#waiting) {
      if (!this.#take()) return;
      this.#waiting.delete(waiter);
      if (this.#waiting.size === 0) this.#ticker.remove(this.#tick);
      waiter.admit();
    }
  }

  #look(nowMs: number): void {
    // of a place that came free in another thread nobody is told
    if (this.#places !== null) this.#fill();
    for (const waiter of this.#waiting) {
      if (nowMs >= waiter.untilMs) {
        waiter.refuse(overloaded("No place became free in the time a request may wait for one"));
      }
    }
  }
}

function overloaded(why: string): GatewayError {
  return new GatewayError("overloaded", `${why}: try again shortly`, { retryAfterMs: RETRY_AFTER_MS });
}
