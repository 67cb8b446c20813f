import type { Config } from "../../config/config.ts";
import { liveKey } from "./target.ts";

/**
 * What threads count their attempts in, by `liveKey` of the target, their requests, by {@link ALL_REQUESTS}, and the room
 * that bodies take, by {@link LONG_BODIES}.
 */
export type PlaceMemory = ReadonlyMap<string, SharedArrayBuffer>;

/** Names the memory in which all threads count the requests that run (`server.max_concurrency`). */
export const ALL_REQUESTS = "";

/** Names the memory in which all threads count the room that long bodies take. */
export const LONG_BODIES = "bodies";

/** The first cell holds all attempts, the others those of each thread. */
const ALL = 0;
/** No number of places that are taken. */
const NOBODY = -1;

/** Places that all threads of a process take from together, as attempts at one target: `max_in_flight` is exact over them. */
export class SharedPlaces {
  readonly #cells: Int32Array;
  readonly #own: number;

  /** Those of one thread, counted from 0. */
  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#cells = new Int32Array(memory);
    this.#own = thread + 1;
  }

  /** Those of a thread that is alone. */
  static alone(): SharedPlaces {
    return new SharedPlaces(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT), 0);
  }

  /** Those of all threads. */
  get taken(): number {
    return Atomics.load(this.#cells, ALL);
  }

  /**
   * Takes a place, or `count` at once; false where more than `max` would be taken. Who has `held` of them already, and
   * nobody else any, is never refused.
   */
  take(max: number | null, count = 1, held = NOBODY): boolean {
    for (let taken = this.taken; max === null || taken + count <= max || taken === held; ) {
      const found = Atomics.compareExchange(this.#cells, ALL, taken, taken + count);
      if (found === taken) {
        Atomics.add(this.#cells, this.#own, count);
        return true;
      }
      taken = found;
    }
    return false;
  }

  /** Gives a place back, or `count` of them. */
  give(count = 1): void {
    // what a thread held was given back for it when it was taken for dead
    for (let held = Atomics.load(this.#cells, this.#own); held > 0; ) {
      const given = Math.min(count, held);
      const found = Atomics.compareExchange(this.#cells, this.#own, held, held - given);
      if (found === held) {
        Atomics.sub(this.#cells, ALL, given);
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
    const keys = [...config.providers.targets.map(liveKey), ALL_REQUESTS, LONG_BODIES];
    this.#memory = new Map(keys.map((key) => [key, this.#memory.get(key) ?? new SharedArrayBuffer(bytes)]));
    return this.#memory;
  }

  /** Gives back what a thread held that has ended. */
  gone(thread: number): void {
    for (const memory of this.#memory.values()) new SharedPlaces(memory, thread).giveAll();
  }
}
