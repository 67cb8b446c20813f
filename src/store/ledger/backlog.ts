import type { LedgerEntry } from "../../schema/ledger.ts";

/** So many written entries may stand before those that wait, so that the list is not copied for each batch. */
const MOST_DONE = 4096;

/** Entries that wait to be written, first come first. */
export class Backlog {
  #entries: LedgerEntry[] = [];
  #done = 0;

  get size(): number {
    return this.#entries.length - this.#done;
  }

  push(entry: LedgerEntry): void {
    this.#entries.push(entry);
  }

  /** The first ones, at most so many; they wait until they are {@link drop}ped. */
  first(most: number): LedgerEntry[] {
    return this.#entries.slice(this.#done, this.#done + most);
  }

  /** The first ones are written. */
  drop(count: number): void {
    this.#done += count;
    if (this.size > 0 && this.#done < MOST_DONE) return;
    this.#entries = this.#entries.slice(this.#done);
    this.#done = 0;
  }
}
