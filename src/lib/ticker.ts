import type { Clock } from "./clock.ts";
import type { GatewayError } from "./errors.ts";

/** How often the ticker looks: the precision of every timeout that hangs on it. */
export const TICK_MS = 100;

/** Called on every tick with `Clock.monotonic()`. Must not throw. */
export interface Tick {
  (nowMs: number): void;
  /** The ticker's own: where the function stands in its list; absent or -1 when it does not. */
  slot?: number;
}

/**
 * One coarse timer for all requests. A timer per request costs 11 µs and holds the request for the whole timeout
 * (`AbortSignal.any` with `AbortSignal.timeout`); a place in a list costs next to nothing, less than one in a Set, whose
 * table is built anew again and again as requests come and go. Runs only while somebody listens.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #listeners: Tick[] = [];
  #running = false;
  #over: GatewayError | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why whatever listens has to end by its next tick, whether or not its time is up; null: it has not. */
  get over(): GatewayError | null {
    return this.#over;
  }

  /** No more time for anybody. */
  end(reason: GatewayError): void {
    this.#over = reason;
  }

  /** Calls `tick` every {@link TICK_MS} until it is removed. A function listens once, to one ticker. */
  add(tick: Tick): void {
    if ((tick.slot ?? -1) !== -1) return;
    tick.slot = this.#listeners.length;
    this.#listeners.push(tick);
    if (!this.#running) this.#schedule();
  }

  /** Stops calling `tick`; harmless when it was not there. */
  remove(tick: Tick): void {
    const slot = tick.slot ?? -1;
    if (slot === -1) return;
    tick.slot = -1;
    const last = this.#listeners.pop()!;
    if (last === tick) return;
    this.#listeners[slot] = last;
    last.slot = slot;
  }

  #schedule(): void {
    this.#running = true;
    this.#clock.after(TICK_MS, () => {
      const now = this.#clock.monotonic();
      // backwards, so that one who removes itself is replaced by one who has been called
      for (let slot = this.#listeners.length - 1; slot >= 0; slot--) this.#listeners[slot]?.(now);
      if (this.#listeners.length > 0) this.#schedule();
      else this.#running = false;
    });
  }
}
