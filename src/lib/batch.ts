import type { Clock } from "./clock.ts";

/** When a {@link Batch} is passed on. */
export interface BatchLimits {
  /** How many things wait at the most. */
  readonly most: number;
  /** And none of them for longer than this. */
  readonly latestMs: number;
}

/** Things that are passed on together, in the order they came: a full batch, or what there is after a while. */
export class Batch<T> {
  readonly #clock: Clock;
  readonly #limits: BatchLimits;
  readonly #pass: (items: readonly T[]) => void;
  #waiting: T[] = [];
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, limits: BatchLimits, pass: (items: readonly T[]) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#pass = pass;
  }

  /** The one that came last, while it waits. */
  get last(): T | undefined {
    return this.#waiting.at(-1);
  }

  /** Lets one wait. What is full is passed on before: whoever adds one can still change it right after. */
  add(item: T): void {
    if (this.#waiting.length >= this.#limits.most) this.flush();
    this.#waiting.push(item);
    this.#cancel ??= this.#clock.after(this.#limits.latestMs, () => this.flush());
  }

  /** Passes on what waits. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#waiting.length === 0) return;
    const items = this.#waiting;
    this.#waiting = [];
    this.#pass(items);
  }
}
