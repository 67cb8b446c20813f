import type { Clock } from "../lib/clock.ts";

interface Timer {
  readonly atMs: number;
  readonly fn: () => void;
}

/** A clock that does not pass by itself, and jumps from one timer to the next. */
export class SteppedClock implements Clock {
  readonly #timers = new Set<Timer>();
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** When the earliest timer is due; null where nobody waits for anything. */
  get nextMs(): number | null {
    return this.#next()?.atMs ?? null;
  }

  /** Jumps to the earliest timer and fires it; false where nobody waits for anything. */
  step(): boolean {
    const next = this.#next();
    if (next === null) return false;
    this.#timers.delete(next);
    this.pass(next.atMs);
    next.fn();
    return true;
  }

  /** Goes on to a moment, without a look at timers; never back. */
  pass(toMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  /** Of timers for the same moment the one that was set first. */
  #next(): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) if (next === null || timer.atMs < next.atMs) next = timer;
    return next;
  }
}
