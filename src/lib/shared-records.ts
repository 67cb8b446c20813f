/** Bytes at the beginning of a memory for its {@link SharedLock}. */
export const LOCK_BYTES = 8;
/** How many records share a place: of those the one unused for longest gives way. */
const WAYS = 8;
/** What a record has besides its numbers: whose it is, and when it was used last. */
const HEAD = 2;
/** How long the lock is waited for at a time. */
const PATIENCE_MS = 50;
/** How many times that is waited for before whoever holds the lock is taken for dead: a second. */
const TRIES = 20;

/** How much a table of {@link SharedRecords} holds. */
export interface RecordShape {
  /** A multiple of 8. */
  readonly records: number;
  /** Numbers of each. */
  readonly numbers: number;
}

/** Bytes that a table takes. */
export function recordBytes({ records, numbers }: RecordShape): number {
  return records * (HEAD + numbers) * Float64Array.BYTES_PER_ELEMENT;
}

/** One thread at a time. The same thread may take it again while it holds it. */
export class SharedLock {
  readonly #word: Int32Array;
  #depth = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory, 0, 1);
  }

  /** Runs `work`, which must be short and wait for nothing, while no other thread runs its own. */
  exclusively<T>(work: () => T): T {
    if (this.#depth === 0) this.#take();
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
      if (this.#depth === 0) {
        Atomics.store(this.#word, 0, 0);
        Atomics.notify(this.#word, 0, 1);
      }
    }
  }

  #take(): void {
    for (let tries = 0; Atomics.compareExchange(this.#word, 0, 0, 1) !== 0; tries++) {
      // a thread that was ended in the middle never lets go
      if (tries === TRIES) return;
      Atomics.wait(this.#word, 0, 1, PATIENCE_MS);
    }
  }
}

/**
 * Some numbers for each of many keys, in memory that all threads of a process see. As many keys as fit; beyond, one of
 * those unused for longest is forgotten. To be used while a {@link SharedLock} of the memory is held.
 */
export class SharedRecords {
  readonly #cells: Float64Array;
  readonly #sets: number;
  readonly #length: number;

  /** A table of that shape at that place of the memory, a multiple of 8 behind {@link LOCK_BYTES}. */
  constructor(memory: SharedArrayBuffer, offset: number, shape: RecordShape) {
    this.#length = HEAD + shape.numbers;
    this.#sets = shape.records / WAYS;
    this.#cells = new Float64Array(memory, offset, shape.records * this.#length);
  }

  /** The numbers of a key, zeros where it is new; a view that is good until the lock is let go. */
  of(key: string, nowMs: number): Float64Array {
    const name = recordName(key);
    const first = (name % this.#sets) * WAYS;
    let oldest = first;
    for (let at = first; at < first + WAYS; at++) {
      const from = at * this.#length;
      if (this.#cells[from] === name) return this.#used(at, nowMs);
      if (this.#cells[from + 1]! < this.#cells[oldest * this.#length + 1]!) oldest = at;
    }
    const from = oldest * this.#length;
    this.#cells.fill(0, from, from + this.#length);
    this.#cells[from] = name;
    return this.#used(oldest, nowMs);
  }

  #used(at: number, nowMs: number): Float64Array {
    const from = at * this.#length;
    this.#cells[from + 1] = nowMs;
    return this.#cells.subarray(from + HEAD, from + this.#length);
  }
}

/** 53 bits of a key's hash, which a float holds exactly; never 0, which is nobody's. */
export function recordName(key: string): number {
  return Number(BigInt.asUintN(53, BigInt(Bun.hash(key)))) || 1;
}
