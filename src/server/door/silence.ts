import type { Tick, Ticker } from "../../lib/ticker.ts";

/** Answers that come sooner need no leave to be waited for: the shortest limit on silence is a second. */
const SOON_MS = 300;

/**
 * The limit on a client's silence while one request of it is answered: lifted once the answer takes a while, and set again
 * when it is there. Each of the two costs 2.5 µs of a request, and most answers are there before anybody loses patience.
 */
export class Silence {
  readonly #ticker: Ticker;
  readonly #limit: (seconds: number) => void;
  readonly #usualSeconds: number;
  #tick: Tick | null = null;
  #isLifted = false;

  /** `limit` sets it, 0 for none; `usualSeconds` is what stands otherwise. */
  constructor(ticker: Ticker, limit: (seconds: number) => void, usualSeconds: number) {
    this.#ticker = ticker;
    this.#limit = limit;
    this.#usualSeconds = usualSeconds;
  }

  /** The client has said what it has to say, and waits. */
  received(): void {
    if (this.#tick !== null) return;
    let sinceMs: number | null = null;
    const tick = (nowMs: number): void => {
      sinceMs ??= nowMs;
      if (nowMs - sinceMs < SOON_MS) return;
      this.#ticker.remove(tick);
      this.#isLifted = true;
      this.#limit(0);
    };
    this.#tick = tick;
    this.#ticker.add(tick);
  }

  /** The client's turn again. */
  answered(): void {
    if (this.#tick !== null) this.#ticker.remove(this.#tick);
    this.#tick = null;
    if (this.#isLifted) this.#limit(this.#usualSeconds);
    this.#isLifted = false;
  }
}
