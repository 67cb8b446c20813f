import type { Clock } from "../../lib/clock.ts";
import { MINUTE_MS } from "../../lib/durations.ts";

/** Log-ins that may fail within a minute: from one address, and from all together. */
const PER_ADDRESS = 10;
const ALTOGETHER = 200;

/** Counts failed log-ins, by address and in all, in windows of a minute; bounded by the second limit. */
export class LoginLimit {
  readonly #clock: Clock;
  readonly #failures = new Map<string, number>();
  #startMs = Number.NEGATIVE_INFINITY;
  #all = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until this address may try again; 0: now. */
  waitMs(address: string): number {
    const now = this.#clock.monotonic();
    if (now - this.#startMs >= MINUTE_MS) {
      this.#startMs = now;
      this.#failures.clear();
      this.#all = 0;
    }
    const full = (this.#failures.get(address) ?? 0) >= PER_ADDRESS || this.#all >= ALTOGETHER;
    return full ? this.#startMs + MINUTE_MS - now : 0;
  }

  failed(address: string): void {
    this.#failures.set(address, (this.#failures.get(address) ?? 0) + 1);
    this.#all += 1;
  }
}
