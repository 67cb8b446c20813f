import type { Clock } from "../../lib/clock.ts";
import type { MaybePromise } from "../../lib/maybe-promise.ts";
import { CellListeners } from "./cell-listeners.ts";
import {
  type Amounts,
  type Ask,
  type Balance,
  type CellChange,
  type CellListener,
  type Cells,
  type Claim,
  type CounterStats,
  type Counters,
  type Reading,
  type Refusal,
  type Swapped,
  WELL,
} from "./counters.ts";
import { FixedReading } from "./fixed-reading.ts";
import { Outbox } from "./outbox.ts";
import type { FromOwner, ToOwner } from "./thread-messages.ts";

type Claimed = Extract<FromOwner, { op: "claimed" }>;

/** Counters of another thread of this process, by messages that keep their order. */
export class ThreadCounters implements Counters {
  readonly cells: Cells;
  readonly #clock: Clock;
  readonly #outbox: Outbox<ToOwner>;
  readonly #claimed = new Map<number, (answer: Claimed) => void>();
  readonly #swapped = new Map<number, (answer: Swapped) => void>();
  readonly #listeners = new CellListeners();
  #ids = 0;
  /** The owner's number of loud changes, and the last one that came here. */
  #generation: Int32Array = new Int32Array(1);
  #heard = 0;
  readonly #behind: (() => void)[] = [];

  constructor(clock: Clock, post: (messages: readonly ToOwner[]) => void) {
    this.#clock = clock;
    this.#outbox = new Outbox(post);
    const offsetMs = clock.now() - clock.monotonic();
    this.cells = {
      reachable: () => true,
      offsetMs: () => offsetMs,
      swap: (key, change) => this.#cell({ op: "swap", key, change }),
      caughtUp: () => this.#caughtUp(),
      read: async (key) => (await this.#cell({ op: "read", key })).text,
      watch: (key, tell) => this.#watch(key, tell),
    };
  }

  /** Takes the owner's number of loud changes, which says at any time whether messages are on their way. */
  share(generation: Int32Array): void {
    this.#generation = generation;
    this.#heard = Atomics.load(generation, 0);
  }

  /** A message of the owner. */
  hear(message: FromOwner): void {
    switch (message.op) {
      case "claimed":
        this.#claimed.get(message.id)?.(message);
        this.#claimed.delete(message.id);
        return;
      case "swapped":
        this.#swapped.get(message.job)?.(message);
        this.#swapped.delete(message.job);
        return;
      case "cell":
        this.#listeners.tell(message.key, message.text);
        this.#heard = message.generation;
        for (const resolve of this.#behind.splice(0)) resolve();
    }
  }

  check(): void {}

  open(ask: Ask): Claim {
    const id = this.#ids++;
    const request = (message: ToOwner): Promise<Claimed> =>
      new Promise((resolve) => {
        this.#claimed.set(id, resolve);
        this.#outbox.send(message);
      });
    const settle = (used: Amounts): void => {
      this.#outbox.send({ op: "settle", id, used });
      // a place is free before the caller can know that its answer is over, and ask another thread
      if (ask.places !== null) this.#outbox.flush();
    };
    return new ThreadClaim(ask, { id, clock: this.#clock, request, settle });
  }

  keep(): void {}

  spending(): null {
    return null;
  }

  stats(): CounterStats {
    return WELL;
  }

  async close(): Promise<void> {
    this.#outbox.flush();
  }

  #caughtUp(): Promise<void> | null {
    const wanted = Atomics.load(this.#generation, 0);
    if (this.#heard === wanted) return null;
    return new Promise((resolve) => {
      const look = (): void => {
        // numbers wrap around in 32 bits, so that only their difference says which is newer
        if (((this.#heard - wanted) | 0) >= 0) resolve();
        else this.#behind.push(look);
      };
      look();
    });
  }

  #cell(
    message:
      | { readonly op: "swap"; readonly key: string; readonly change: CellChange }
      | { readonly op: "read"; readonly key: string },
  ): Promise<Swapped> {
    const job = this.#ids++;
    return new Promise((resolve) => {
      this.#swapped.set(job, resolve);
      this.#outbox.send({ ...message, job });
      this.#outbox.flush();
    });
  }

  #watch(key: string, tell: CellListener): () => void {
    const end = this.#listeners.add(key, tell);
    void this.cells.read(key).then((text) => {
      if (text !== "") tell(text);
    });
    return end;
  }
}

interface ClaimParts {
  readonly id: number;
  readonly clock: Clock;
  readonly request: (message: ToOwner) => Promise<Claimed>;
  readonly settle: (used: Amounts) => void;
}

/** What one request holds at the owner. */
class ThreadClaim implements Claim {
  readonly degraded = false;
  readings: readonly Reading[] = [];
  readonly #ask: Ask;
  readonly #parts: ClaimParts;
  #balances: readonly Balance[] = [];

  constructor(ask: Ask, parts: ClaimParts) {
    this.#ask = ask;
    this.#parts = parts;
  }

  balance(account: number): Balance {
    return this.#balances[account]!;
  }

  admit(): MaybePromise<Refusal | null> {
    if (!this.#counts()) return null;
    return this.#read(this.#parts.request({ op: "admit", id: this.#parts.id, ask: this.#ask }));
  }

  reserve(amounts: Amounts): MaybePromise<Refusal | null> {
    return this.#read(this.#parts.request({ op: "reserve", id: this.#parts.id, amounts }));
  }

  settle(used: Amounts): void {
    if (this.#counts()) this.#parts.settle(used);
  }

  /** Whether there is anything to ask for. */
  #counts(): boolean {
    const { meters, accounts, places } = this.#ask;
    return meters.length > 0 || accounts.length > 0 || (places !== null && places.max !== null);
  }

  async #read(answered: Promise<Claimed>): Promise<Refusal | null> {
    const { refusal, standings, balances } = await answered;
    const nowMs = this.#parts.clock.monotonic();
    this.readings = this.#ask.meters.map(
      ({ rate }, at) => new FixedReading(rate, { ...(standings[at] ?? { left: 0, waitMs: 0, resetMs: 0 }), nowMs }),
    );
    this.#balances = balances;
    return refusal;
  }
}
