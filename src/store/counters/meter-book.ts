import { sha256Hex } from "../../lib/digest.ts";
import { SlidingWindow } from "../../lib/sliding-window.ts";
import type { Meter, Rate, Reading } from "./counters.ts";

/** Windows that are kept per rate; beyond it callers that are new share one. */
const MAX_WINDOWS = 10_000;
/** At most this often a full book is searched for windows in which nothing is counted any more. */
const SWEEP_MS = 1_000;
/** Keys longer than this are kept as their hash, so that a caller cannot fill memory with long ones. */
const LONGEST_KEY = 64;

/** The key of a meter as it is kept. */
export function keptKey(key: string): string {
  return key.length <= LONGEST_KEY ? key : sha256Hex(key);
}

/** What a meter has counted within its window. */
export interface Counted {
  readonly meter: Meter;
  readonly used: number;
}

/** A rate's count for one caller: what is in its window, and what requests under way have reserved (tokens only). */
export class MeterState implements Reading {
  reserved = 0;
  #window: SlidingWindow;
  #rate: Rate;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#window = new SlidingWindow(rate);
  }

  get window(): SlidingWindow {
    return this.#window;
  }

  /** What is in the window, which is empty then. */
  take(nowMs: number): number {
    const used = this.#window.used(nowMs);
    if (used > 0) this.#window = new SlidingWindow(this.#rate);
    return used;
  }

  get rate(): Rate {
    return this.#rate;
  }

  /** Goes on under another limit: who has used up half of a rate has not used less of it once it is raised or lowered. */
  follow(rate: Rate): void {
    if (rate.max === this.#rate.max) return;
    this.#rate = rate;
    this.window.follow(rate);
  }

  left(nowMs: number): number {
    return Math.max(0, this.#rate.max - this.window.used(nowMs) - this.reserved);
  }

  waitMs(nowMs: number): number {
    const { max } = this.#rate;
    return this.window.used(nowMs) < max ? SWEEP_MS : this.window.waitMs(nowMs, max - 1);
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
  readonly #meters = new Map<string, MeterState>();
  #shared: MeterState | null = null;
  #sweptMs = Number.NEGATIVE_INFINITY;

  /** The tokens in the windows of all keys that have one of their own, which are empty then. */
  takeTokens(nowMs: number): readonly Counted[] {
    const counted: Counted[] = [];
    for (const [key, state] of this.#meters) {
      if (state.rate.unit !== "tokens") break;
      const used = state.take(nowMs);
      if (used > 0) counted.push({ meter: { rate: state.rate, key }, used });
    }
    return counted;
  }

  /** Whether nothing is counted or reserved any more. */
  isOver(nowMs: number): boolean {
    const isOver = ({ window, reserved }: MeterState): boolean => reserved === 0 && window.used(nowMs) === 0;
    return this.#meters.values().every(isOver) && (this.#shared === null || isOver(this.#shared));
  }

  /** The meter of a key, under the limit that is asked for: a reload may have changed it. */
  meter({ rate, key }: Meter, nowMs: number): MeterState {
    const meter = this.#meter(keptKey(key), { rate, nowMs });
    meter.follow(rate);
    return meter;
  }

  #meter(key: string, { rate, nowMs }: { readonly rate: Rate; readonly nowMs: number }): MeterState {
    const known = this.#meters.get(key);
    if (known !== undefined) return known;
    if (this.#meters.size >= MAX_WINDOWS) this.#sweep(nowMs);
    if (this.#meters.size >= MAX_WINDOWS) {
      this.#shared ??= new MeterState(rate);
      return this.#shared;
    }
    const fresh = new MeterState(rate);
    this.#meters.set(key, fresh);
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
