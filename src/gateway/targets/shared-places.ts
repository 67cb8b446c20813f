import type { Config } from "../../config/config.ts";
import { liveKey } from "./target.ts";

/** What threads count their attempts in, by `liveKey` of the target, and their requests, by {@link ALL_REQUESTS}. */
export type PlaceMemory = ReadonlyMap<string, SharedArrayBuffer>;

/** Names the memory in which all threads count the requests that run (`server.max_concurrency`). */
export const ALL_REQUESTS = "";

/** The first cell holds all attempts, the others those of each thread. */
const ALL = 0;

/** Attempts under way at one target, counted by all threads of a process together: `max_in_flight` is exact over them. */
export class SharedPlaces {
  readonly #cells: Int32Array;
  readonly #own: number;

  /** Those of one thread, counted from 0. */
  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#cells = new Int32Array(memory);
    this.#own = thread + 1;
  }

  /** Attempts of all threads. */
  get taken(): number {
    return Atomics.load(this.#cells, ALL);
  }

  /** Takes a place; false where so many are taken already. */
  take(max: number | null): boolean {
    for (let taken = this.taken; max === null || taken < max; ) {
      const found = Atomics.compareExchange(this.#cells, ALL, taken, taken + 1);
      if (found === taken) {
        Atomics.add(this.#cells, this.#own, 1);
        return true;
      }
      taken = found;
    }
    return false;
  }

  /** Gives a place back. */
  give(): void {
    // what a thread held was given back for it when it was taken for dead
    for (let held = Atomics.load(this.#cells, this.#own); held > 0; ) {
      const found = Atomics.compareExchange(this.#cells, this.#own, held, held - 1);
      if (found === held) {
        Atomics.sub(this.#cells, ALL, 1);
        return;
      }
      held = found;
    }
  }

  /** Gives back all that this thread holds: it has ended. */
  giveAll(): void {
    Atomics.sub(this.#cells, ALL, Atomics.exchange(this.#cells, this.#own, 0));
  }
}

/** The places of every target of a process, and of all its requests, as the thread that starts the others keeps them. */
export class PlaceBook {
  readonly #threads: number;
  #memory = new Map<string, SharedArrayBuffer>();

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** The memory of a configuration's targets; those that were there before keep theirs. */
  of(config: Config): PlaceMemory {
    const bytes = (this.#threads + 1) * Int32Array.BYTES_PER_ELEMENT;
    const keys = [...config.providers.targets.map(liveKey), ALL_REQUESTS];
    this.#memory = new Map(keys.map((key) => [key, this.#memory.get(key) ?? new SharedArrayBuffer(bytes)]));
    return this.#memory;
  }

  /** Gives back what a thread held that has ended. */
  gone(thread: number): void {
    for (const memory of this.#memory.values()) new SharedPlaces(memory, thread).giveAll();
  }
}
