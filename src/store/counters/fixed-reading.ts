import type { Rate, Reading } from "./counters.ts";
import type { Standing } from "./thread-messages.ts";

type Stood = Standing & { readonly nowMs: number };

/** How a meter stood when somebody else was asked about it. */
export class FixedReading implements Reading {
  readonly rate: Rate;
  readonly #stood: Stood;

  /** `nowMs`: when that was (`Clock.monotonic()`). */
  constructor(rate: Rate, stood: Stood) {
    this.rate = rate;
    this.#stood = stood;
  }

  left(): number {
    return this.#stood.left;
  }

  waitMs(nowMs: number): number {
    return Math.max(0, this.#stood.waitMs - (nowMs - this.#stood.nowMs));
  }

  resetMs(nowMs: number): number {
    return Math.max(0, this.#stood.resetMs - (nowMs - this.#stood.nowMs));
  }
}
