import type { Clock } from "../../src/lib/clock.ts";

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves on, firing every timer at its own time, and lets what each of them set off happen. */
  advance(ms: number): Promise<void>;
  /** Moves on without firing anything: the process stood still. */
  stall(ms: number): void;
  /** Timers that are set. */
  readonly waiting: number;
}

/** Lets everything happen that waits for nothing but its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Starts at 1,000 ms of its own time. */
export function fakeClock(): FakeClock {
  let nowMs = 1_000;
  const timers = new Set<{ readonly at: number; readonly fn: () => void }>();
  return {
    now: () => 1_700_000_000_000 + nowMs,
    monotonic: () => nowMs,
    after(ms, fn) {
      const timer = { at: nowMs + ms, fn };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = nowMs + ms;
      await settled();
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        nowMs = Math.max(nowMs, due.at);
        due.fn();
        await settled();
      }
      nowMs = until;
    },
    stall(ms) {
      nowMs += ms;
    },
    get waiting() {
      return timers.size;
    },
  };
}

/** A plainer one, whose only time is that of `startMs`. */
export interface ManualClock extends Clock {
  /** Moves on, and then runs what is due, in order; waits for nothing. */
  move(ms: number): void;
  /** Timers that are set. */
  readonly waiting: number;
}

/** Makes one; in epoch milliseconds unless it is told another beginning. */
export function manualClock(startMs = 1_780_000_000_000): ManualClock {
  let now = startMs;
  const timers = new Set<{ readonly at: number; readonly fn: () => void }>();
  return {
    now: () => now,
    monotonic: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    move(ms) {
      now += ms;
      const due = [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      for (const timer of due) if (timers.delete(timer)) timer.fn();
    },
    get waiting() {
      return timers.size;
    },
  };
}
