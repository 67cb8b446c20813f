import type { Rate, Reading } from "./counters.ts";

/** How a meter stood when somebody else was asked about it. */
export class FixedReading implements Reading {
  readonly rate: Rate;
  readonly #stood: { readonly left: number; readonly waitMs: number; readonly resetMs: number; readonly nowMs: number };

  /** `nowMs`: when that was (`Clock.monotonic()`). */
  constructor(
    rate: Rate,
    stood: { readonly left: number; readonly waitMs: number; readonly resetMs: number; readonly nowMs: number },
  ) {
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
