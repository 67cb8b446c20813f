/** Samples kept: enough for the 99th percentile, and two kilobytes. */
const KEPT = 128;

/** The latest times that one target took for one kind of request. Bounded; no clock of its own. */
export class RecentTimes {
  readonly #values = new Float64Array(KEPT);
  readonly #atMs = new Float64Array(KEPT);
  #count = 0;

  /** One more, at `nowMs` (`Clock.monotonic()`). */
  add(valueMs: number, nowMs: number): void {
    const slot = this.#count++ % KEPT;
    this.#values[slot] = valueMs;
    this.#atMs[slot] = nowMs;
  }

  /**
   * The time within which the share `quantile` of those of the last `windowMs` stayed, by nearest rank; null where there
   * are fewer than `minSamples` of them.
   */
  quantile(
    quantile: number,
    { nowMs, windowMs, minSamples }: { nowMs: number; windowMs: number; minSamples: number },
  ): number | null {
    const kept = Math.min(this.#count, KEPT);
    const recent = this.#values.slice(0, kept).filter((_, slot) => nowMs - this.#atMs[slot]! <= windowMs);
    if (recent.length === 0 || recent.length < minSamples) return null;
    // 0.95 × 20 is 19, whatever it is in floating point
    return recent.sort()[Math.ceil(quantile * recent.length - 1e-9) - 1]!;
  }
}
