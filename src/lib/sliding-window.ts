/** In how many parts a window is counted where its limit is too large to remember every event. */
export const PARTS = 256;

/** How much may happen in how long. */
export interface WindowLimit {
  /** At most so much within any {@link windowMs}. */
  readonly max: number;
  readonly windowMs: number;
}

/**
 * Counts what happened within the last `windowMs`, any window, not one that begins on the minute: never more than `max`
 * in any of them. Limits up to 256 are exact to the event. Above, events less than a 256th of the window apart are kept
 * together and forgotten with the last of them, so that what is used is never counted too low, and memory stays below
 * 260 entries. Pure: time is given as `Clock.monotonic()`.
 */
export class SlidingWindow {
  #limit!: WindowLimit;
  #partMs!: number;
  /** Per entry: when it began, when it last grew, how much it holds; live ones begin at `#head`. */
  #begun: number[] = [];
  #grown: number[] = [];
  #held: number[] = [];
  #head = 0;
  #used = 0;

  constructor(limit: WindowLimit) {
    this.follow(limit);
  }

  /** Goes on under another limit: what was counted stays counted. */
  follow(limit: WindowLimit): void {
    this.#limit = limit;
    this.#partMs = limit.max <= PARTS ? 0 : limit.windowMs / PARTS;
  }

  /** How much of the limit is used now; above it where {@link add} was not asked first. */
  used(nowMs: number): number {
    this.#forget(nowMs);
    return this.#used;
  }

  /** Adds `amount`, whatever is left. */
  add(nowMs: number, amount: number): void {
    if (amount <= 0) return;
    this.#forget(nowMs);
    this.#used += amount;
    const last = this.#held.length - 1;
    if (last >= this.#head && nowMs - this.#begun[last]! <= this.#partMs) {
      this.#grown[last] = nowMs;
      this.#held[last]! += amount;
      return;
    }
    this.#begun.push(nowMs);
    this.#grown.push(nowMs);
    this.#held.push(amount);
  }

  /** Milliseconds until no more than `atMost` is used, if nothing is added; 0: it is so now. */
  waitMs(nowMs: number, atMost: number): number {
    let used = this.used(nowMs);
    let at = this.#head;
    let wait = 0;
    while (used > atMost && at < this.#held.length) {
      used -= this.#held[at]!;
      wait = this.#grown[at]! + this.#limit.windowMs - nowMs;
      at++;
    }
    return wait;
  }

  /** Milliseconds until nothing is used any more. */
  resetMs(nowMs: number): number {
    return this.waitMs(nowMs, 0);
  }

  #forget(nowMs: number): void {
    const { windowMs } = this.#limit;
    while (this.#head < this.#held.length && nowMs - this.#grown[this.#head]! >= windowMs) {
      this.#used -= this.#held[this.#head]!;
      this.#head++;
    }
    if (this.#head === this.#held.length) {
      if (this.#head > 0) this.#drop(this.#head);
    } else if (this.#head >= PARTS) this.#drop(this.#head);
  }

  #drop(count: number): void {
    this.#begun.splice(0, count);
    this.#grown.splice(0, count);
    this.#held.splice(0, count);
    this.#head = 0;
  }
}
