import { sha256Hex } from "../../lib/digest.ts";
import { SlidingWindow } from "../../lib/sliding-window.ts";
import type { Rate, Reading } from "./counters.ts";

/** Windows that are kept per rate; beyond it callers that are new share one. */
const MAX_WINDOWS = 10_000;
/** At most this often a full book is searched for windows in which nothing is counted any more. */
const SWEEP_MS = 1_000;
/** Keys longer than this are kept as their hash, so that a caller cannot fill memory with long ones. */
const LONGEST_KEY = 64;

/** A rate's count for one caller: what is in its window, and what requests under way have reserved (tokens only). */
export class MeterState implements Reading {
  readonly rate: Rate;
  readonly window: SlidingWindow;
  reserved = 0;

  constructor(rate: Rate) {
    this.rate = rate;
    this.window = new SlidingWindow(rate);
  }

  left(nowMs: number): number {
    return Math.max(0, this.rate.max - this.window.used(nowMs) - this.reserved);
  }

  waitMs(nowMs: number): number {
    const { window, rate } = this;
    return window.used(nowMs) < rate.max ? SWEEP_MS : window.waitMs(nowMs, rate.max - 1);
  }

  resetMs(nowMs: number): number {
    return this.window.resetMs(nowMs);
  }
}

/**
 * The meters of one rate, one per key. Bounded: of more than 10,000 keys at work, the further ones share one meter until
 * windows of the others have run out, so that no caller's count is forgotten by flooding the gateway with new keys.
 */
export class MeterBook {
  readonly #rate: Rate;
  readonly #meters = new Map<string, MeterState>();
  readonly #shared: MeterState;
  #sweptMs = Number.NEGATIVE_INFINITY;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#shared = new MeterState(rate);
  }

  /** The meter of a key. */
  meter(key: string, nowMs: number): MeterState {
    const short = key.length <= LONGEST_KEY ? key : sha256Hex(key);
    const known = this.#meters.get(short);
    if (known !== undefined) return known;
    if (this.#meters.size >= MAX_WINDOWS) this.#sweep(nowMs);
    if (this.#meters.size >= MAX_WINDOWS) return this.#shared;
    const fresh = new MeterState(this.#rate);
    this.#meters.set(short, fresh);
    return fresh;
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_MS) return;
    this.#sweptMs = nowMs;
    for (const [key, { window, reserved }] of this.#meters) {
      if (reserved === 0 && window.used(nowMs) === 0) this.#meters.delete(key);
    }
  }
}
