import { dayOf } from "../../lib/durations.ts";
import { LOCK_BYTES, type RecordShape, recordBytes, SharedLock, SharedRecords } from "../../lib/shared-records.ts";
import type { WindowLimit } from "../../lib/sliding-window.ts";
import { type Book, type CallWindow, type Moved, SESSION_IDLE_MS, type Session } from "./action-book.ts";

/** Into how many parts a window is divided; one more is counted, since the oldest of them is not over yet. */
const PARTS = 64;
const SESSIONS: RecordShape = { records: 8_192, numbers: 3 };
const DAYS: RecordShape = { records: 2_048, numbers: 2 };
const WINDOWS: RecordShape = { records: 2_048, numbers: PARTS + 2 };
const DAYS_AT = LOCK_BYTES + recordBytes(SESSIONS);
const WINDOWS_AT = DAYS_AT + recordBytes(DAYS);

/** Bytes of the memory that a {@link SharedBook} is kept in. */
export const SHARED_BOOK_BYTES = WINDOWS_AT + recordBytes(WINDOWS);

/**
 * What agents have done, counted by all threads of a process together. It forgets sooner than a book of one thread, and
 * a call in a window up to a 64th of the window later, so that nothing is counted too low.
 */
export class SharedBook implements Book {
  readonly #lock: SharedLock;
  readonly #sessions: SharedRecords;
  readonly #days: SharedRecords;
  readonly #windows: SharedRecords;
  readonly #offsetMs: number;

  /** `offsetMs` makes of this thread's monotonic time one that all threads agree on. */
  constructor(memory: SharedArrayBuffer, offsetMs: number) {
    this.#lock = new SharedLock(memory);
    this.#sessions = new SharedRecords(memory, LOCK_BYTES, SESSIONS);
    this.#days = new SharedRecords(memory, DAYS_AT, DAYS);
    this.#windows = new SharedRecords(memory, WINDOWS_AT, WINDOWS);
    this.#offsetMs = offsetMs;
  }

  exclusively<T>(work: () => T): T {
    return this.#lock.exclusively(work);
  }

  session(id: string, nowMs: number): Session {
    const lock = this.#lock;
    const atMs = nowMs + this.#offsetMs;
    /** Last use, actions, refusals. */
    const record = (): Float64Array => this.#sessions.of(id, atMs);
    lock.exclusively(() => {
      const numbers = record();
      if (atMs - numbers[0]! > SESSION_IDLE_MS) numbers.fill(0);
      numbers[0] = atMs;
    });
    const get = (at: number): number => lock.exclusively(() => record()[at]!);
    const set = (at: number, value: number): void => lock.exclusively(() => void record().fill(value, at, at + 1));
    return {
      get actions() {
        return get(1);
      },
      set actions(value) {
        set(1, value);
      },
      get refused() {
        return get(2);
      },
      set refused(value) {
        set(2, value);
      },
    };
  }

  window(key: string, limit: WindowLimit): CallWindow {
    const partMs = limit.windowMs / PARTS;
    return {
      name: key,
      limit,
      used: (nowMs) => this.#counted(key, { nowMs, partMs, more: 0 }),
      add: (nowMs, amount) => void this.#counted(key, { nowMs, partMs, more: amount }),
    };
  }

  moved(caller: string, nowMs: number): Moved {
    const lock = this.#lock;
    const day = dayOf(nowMs);
    /** The day, and what was moved on it. */
    const record = (): Float64Array => {
      const numbers = this.#days.of(caller, nowMs);
      if (numbers[0] !== day) numbers.set([day, 0]);
      return numbers;
    };
    return {
      get total() {
        return lock.exclusively(() => record()[1]!);
      },
      set total(value) {
        lock.exclusively(() => record().set([day, value]));
      },
    };
  }

  /** Counts `more` calls, and gives all that are within the window. */
  #counted(name: string, { nowMs, partMs, more }: { nowMs: number; partMs: number; more: number }): number {
    return this.#lock.exclusively(() => {
      const atMs = nowMs + this.#offsetMs;
      /** The newest part, and how much each part holds, in a ring. */
      const numbers = this.#windows.of(name, atMs);
      const parts = numbers.subarray(1);
      // a thread whose clock is behind counts with those that are ahead
      const newest = Math.max(Math.floor(atMs / partMs), numbers[0]!);
      const passed = Math.min(parts.length, newest - numbers[0]!);
      for (let back = 0; back < passed; back++) parts[(newest - back) % parts.length] = 0;
      numbers[0] = newest;
      parts[newest % parts.length]! += more;
      return parts.reduce((sum, held) => sum + held, 0);
    });
  }
}
