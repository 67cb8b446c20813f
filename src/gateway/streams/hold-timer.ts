/** How long the finish chunk waits for usage. */
const USAGE_WAIT_MS = 1_000;
/** How long a finish that came with text is doubted: chunks of such upstreams may be seconds apart. */
const DOUBT_WAIT_MS = 5_000;

/** What is waited with: whether every choice has finished, and how often that turned out wrong. */
interface Holding {
  readonly holding: boolean;
  readonly refuted: number;
  readonly doubting: boolean;
}

/** How long a stream whose choices have all finished has been waited for. */
export class HoldTimer {
  #sinceMs = 0;
  #refuted = 0;
  #doubting = false;

  /** Called before each read of the upstream. */
  note({ holding, refuted, doubting }: Holding, nowMs: number): void {
    if (!holding) this.#sinceMs = 0;
    else if (this.#sinceMs === 0 || this.#refuted !== refuted) this.#sinceMs = nowMs;
    this.#refuted = refuted;
    this.#doubting = doubting;
  }

  /** Whether it was waited long enough; who says `stop` in every chunk has not said when it is the last: `stallMs`. */
  isOver(nowMs: number, stallMs: number): boolean {
    const waitMs = this.#refuted > 0 ? stallMs : this.#doubting ? Math.min(DOUBT_WAIT_MS, stallMs) : USAGE_WAIT_MS;
    return this.#sinceMs > 0 && nowMs - this.#sinceMs >= waitMs;
  }
}
