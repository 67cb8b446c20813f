import type { Clock } from "../../lib/clock.ts";
import { sha256Hex } from "../../lib/digest.ts";
import type { Cells } from "../../store/counters/counters.ts";
import { SharedBreaker } from "./shared-breaker.ts";

/** The shared circuit breakers of a process, by what names a target everywhere. */
export class SharedBreakers {
  readonly #cells: Cells;
  readonly #clock: Clock;
  #breakers = new Map<string, SharedBreaker>();

  constructor(cells: Cells, clock: Clock) {
    this.#cells = cells;
    this.#clock = clock;
  }

  /** The breaker of a target; `key` may name addresses, so that others are shown its hash only. */
  open(key: string): SharedBreaker {
    const known = this.#breakers.get(key);
    if (known !== undefined) return known;
    const cell = sha256Hex(key).slice(0, 32);
    const breaker = new SharedBreaker(this.#cells, cell, this.#clock);
    this.#breakers.set(key, breaker);
    return breaker;
  }

  /** Lets go of those whose targets are gone. */
  keep(wanted: ReadonlySet<string>): void {
    for (const [key, breaker] of this.#breakers) {
      if (wanted.has(key)) continue;
      breaker.close();
      this.#breakers.delete(key);
    }
  }

  /** Asks for the trials that half-open breakers may give, before a route is decided; null: there are none. */
  prepare(nowMs: number): Promise<unknown> | null {
    const news = this.#cells.caughtUp();
    const ask = () => all(this.#breakers, (breaker) => breaker.prepare(nowMs));
    return news === null ? ask() : news.then(ask);
  }

  /** Resolves when others know of the failures seen here, before a caller can; null: they do. */
  told(): Promise<unknown> | null {
    return all(this.#breakers, (breaker) => breaker.told());
  }
}

function all(
  breakers: ReadonlyMap<string, SharedBreaker>,
  ask: (breaker: SharedBreaker) => Promise<void> | null,
): Promise<unknown> | null {
  let waits: Promise<unknown> | null = null;
  for (const breaker of breakers.values()) {
    const wait = ask(breaker);
    if (wait !== null) waits = waits === null ? wait : Promise.all([waits, wait]);
  }
  return waits;
}
