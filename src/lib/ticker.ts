import type { Clock } from "./clock.ts";

/** How often the ticker looks: the precision of every timeout that hangs on it. */
export const TICK_MS = 100;

/** Called on every tick with `Clock.monotonic()`. Must not throw. */
export type Tick = (nowMs: number) => void;

/**
 * One coarse timer for all requests. A timer per request costs 11 µs and holds the request for the whole timeout
 * (`AbortSignal.any` with `AbortSignal.timeout`); an entry in a set costs next to nothing. Runs only while somebody
 * listens.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #listeners = new Set<Tick>();
  #running = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `tick` every {@link TICK_MS} until it is removed. */
  add(tick: Tick): void {
    this.#listeners.add(tick);
    if (!this.#running) this.#schedule();
  }

  /** Stops calling `tick`; harmless when it was not there. */
  remove(tick: Tick): void {
    this.#listeners.delete(tick);
  }

  #schedule(): void {
    this.#running = true;
    this.#clock.after(TICK_MS, () => {
      const now = this.#clock.monotonic();
      for (const listener of this.#listeners) listener(now);
      if (this.#listeners.size > 0) this.#schedule();
      else this.#running = false;
    });
  }
}
