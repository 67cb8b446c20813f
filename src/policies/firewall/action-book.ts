import { dayOf, HOUR_MS } from "../../lib/durations.ts";
import { SlidingWindow, type WindowLimit } from "../../lib/sliding-window.ts";

/** Sessions, and counts of tools, that are remembered; the longest unused goes first. */
export const MAX_REMEMBERED = 10_000;
/** A session that has been silent for so long is over. */
export const SESSION_IDLE_MS = HOUR_MS;

/** What one agent has done so far. */
export interface Session {
  /** Tool calls that were let through, or that its history shows. */
  actions: number;
  /** Requests and calls that were refused. */
  refused: number;
}

/** What a caller has moved on one day. */
export interface Moved {
  total: number;
}

/** Counts calls of one caller under one rule. */
export interface CallWindow {
  /** The same for the same calls, whatever the limit. */
  readonly name: string;
  readonly limit: WindowLimit;
  /** How many are within the window now. */
  used(nowMs: number): number;
  add(nowMs: number, amount: number): void;
}

/** What agents have done: sessions, calls per minute, money per day. Times are monotonic, but for those of days. */
export interface Book {
  /** The session of that name, anew where it has been idle. */
  session(id: string, nowMs: number): Session;
  /** Counts calls of one caller under one rule; another limit for the same rule goes on with what was counted. */
  window(key: string, limit: WindowLimit): CallWindow;
  /** What a caller has moved on the UTC day of `nowMs` (epoch). */
  moved(caller: string, nowMs: number): Moved;
  /** Runs `work`, which reads and then writes, while nobody else does. */
  exclusively<T>(work: () => T): T;
}

/** A map that keeps to its size by forgetting what has not been used for longest. */
class Recent<T> {
  readonly #map = new Map<string, T>();

  get(key: string, make: () => T): T {
    const value = this.#map.get(key) ?? make();
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size > MAX_REMEMBERED) this.#map.delete(this.#map.keys().next().value!);
    return value;
  }

  replace(key: string, value: T): T {
    this.#map.set(key, value);
    return value;
  }
}

/** The book of a process of one thread. In memory, bounded, lost with the process. */
export class ActionBook implements Book {
  readonly #sessions = new Recent<Session & { lastMs: number }>();
  readonly #windows = new Recent<SlidingWindow>();
  readonly #days = new Recent<{ day: number; total: number }>();

  session(id: string, nowMs: number): Session {
    const begin = () => ({ actions: 0, refused: 0, lastMs: nowMs });
    const known = this.#sessions.get(id, begin);
    const session = nowMs - known.lastMs > SESSION_IDLE_MS ? this.#sessions.replace(id, begin()) : known;
    session.lastMs = nowMs;
    return session;
  }

  window(key: string, limit: WindowLimit): CallWindow {
    const window = this.#windows.get(key, () => new SlidingWindow(limit));
    window.follow(limit);
    return {
      name: key,
      limit,
      used: (nowMs) => window.used(nowMs),
      add: (nowMs, amount) => window.add(nowMs, amount),
    };
  }

  moved(caller: string, nowMs: number): Moved {
    const day = dayOf(nowMs);
    const known = this.#days.get(caller, () => ({ day, total: 0 }));
    return known.day === day ? known : this.#days.replace(caller, { day, total: 0 });
  }

  exclusively<T>(work: () => T): T {
    return work();
  }
}
