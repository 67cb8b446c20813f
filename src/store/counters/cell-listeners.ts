import type { CellListener } from "./counters.ts";

/** Who is told of changes of which cell. */
export class CellListeners {
  readonly #byKey = new Map<string, Set<CellListener>>();

  /** Has somebody told from now on; the function ends it. */
  add(key: string, tell: CellListener): () => void {
    const listeners = this.#byKey.get(key) ?? new Set();
    listeners.add(tell);
    this.#byKey.set(key, listeners);
    return () => {
      listeners.delete(tell);
      if (listeners.size === 0 && this.#byKey.get(key) === listeners) this.#byKey.delete(key);
    };
  }

  tell(key: string, text: string): void {
    for (const tell of this.#byKey.get(key) ?? []) tell(text);
  }

  /** The cells that somebody wants to hear of, those that are added meanwhile as well. */
  keys(): Iterable<string> {
    return this.#byKey.keys();
  }
}
