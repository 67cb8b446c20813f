import { SlidingWindow, type WindowLimit } from "../lib/sliding-window.ts";

/** Windows that are kept per rule; beyond it callers that are new share one. */
const MAX_WINDOWS = 10_000;
/** At most this often a full book is searched for windows in which nothing is counted any more. */
const SWEEP_MS = 1_000;
/** Keys longer than this are kept as their hash, so that a caller cannot fill memory with long ones. */
const LONGEST_KEY = 64;

/** What is counted: one for a request when it comes in, or its tokens when they are known. */
export type Unit = "requests" | "tokens";

/** A rule's count for one caller: what is in its window, and what requests under way have reserved (tokens only). */
export interface Meter {
  readonly unit: Unit;
  /** The setting to name in a message. */
  readonly setting: string;
  readonly window: SlidingWindow;
  reserved: number;
}

/** A meter nothing has been counted on. */
export function createMeter(unit: Unit, setting: string, limit: WindowLimit): Meter {
  return { unit, setting, window: new SlidingWindow(limit), reserved: 0 };
}

/** How much of a meter is left; 0 where more is used than allowed (tokens are known only afterwards). */
export function remaining({ window, reserved }: Meter, nowMs: number): number {
  return Math.max(0, window.limit.max - window.used(nowMs) - reserved);
}

/** Milliseconds until something is left on a full meter; a second where that depends on requests under way. */
export function waitFor(meter: Meter, nowMs: number): number {
  const { window } = meter;
  if (window.used(nowMs) < window.limit.max) return SWEEP_MS;
  return window.waitMs(nowMs, window.limit.max - 1);
}

/**
 * The meters of one rule, one per key. Bounded: of more than 10,000 keys at work, the further ones share one meter until
 * windows of the others have run out, so that no caller's count is forgotten by flooding the gateway with new keys.
 */
export class MeterBook {
  readonly #unit: Unit;
  readonly #setting: string;
  readonly #limit: WindowLimit;
  readonly #meters = new Map<string, Meter>();
  readonly #shared: Meter;
  #sweptMs = Number.NEGATIVE_INFINITY;

  constructor(unit: Unit, setting: string, limit: WindowLimit) {
    this.#unit = unit;
    this.#setting = setting;
    this.#limit = limit;
    this.#shared = createMeter(unit, setting, limit);
  }

  /** The meter of a key. */
  meter(key: string, nowMs: number): Meter {
    const short = key.length <= LONGEST_KEY ? key : new Bun.CryptoHasher("sha256").update(key).digest("hex");
    const known = this.#meters.get(short);
    if (known !== undefined) return known;
    if (this.#meters.size >= MAX_WINDOWS) this.#sweep(nowMs);
    if (this.#meters.size >= MAX_WINDOWS) return this.#shared;
    const fresh = createMeter(this.#unit, this.#setting, this.#limit);
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
