import type { Clock } from "../../lib/clock.ts";
import { CellListeners } from "./cell-listeners.ts";
import type { CellChange, CellListener, Cells, Swapped } from "./counters.ts";

/** Who hears of loud changes, its own as well. */
export interface CellEar {
  /** `generation`: how many loud changes there have been. */
  hear(key: string, text: string, generation: number): void;
}

/** Cells of this process: those of one thread, which others ask. */
export class LocalCells implements Cells {
  readonly #texts = new Map<string, string>();
  readonly #listeners = new CellListeners();
  readonly #ears = new Set<CellEar>();
  readonly #offsetMs: number;
  /** How many loud changes there have been, for other threads to read at any time. */
  readonly generation = new Int32Array(new SharedArrayBuffer(4));

  constructor(clock: Clock) {
    this.#offsetMs = clock.now() - clock.monotonic();
  }

  reachable(): boolean {
    return true;
  }

  async swap(key: string, change: CellChange): Promise<Swapped> {
    return this.swapNow(key, change);
  }

  async read(key: string): Promise<string> {
    return this.get(key);
  }

  /** The text of a cell, at once. */
  get(key: string): string {
    return this.#texts.get(key) ?? "";
  }

  /** {@link swap}, at once. */
  swapNow(key: string, { from, to, loud }: CellChange): Swapped {
    const there = this.get(key);
    if (there !== from) return { done: false, text: there };
    this.#texts.set(key, to);
    if (loud) {
      const generation = Atomics.add(this.generation, 0, 1) + 1;
      for (const ear of this.#ears) ear.hear(key, to, generation);
      this.#listeners.tell(key, to);
    }
    return { done: true, text: to };
  }

  watch(key: string, tell: CellListener): () => void {
    const end = this.#listeners.add(key, tell);
    if (this.#texts.has(key)) tell(this.get(key));
    return end;
  }

  /** Has another thread told of loud changes; the function ends it. */
  listen(ear: CellEar): () => void {
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  }

  caughtUp(): null {
    return null;
  }

  offsetMs(): number {
    return this.#offsetMs;
  }
}
