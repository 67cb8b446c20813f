import type { Clock } from "../lib/clock.ts";

/** A clock that stands still while anything works, and jumps to the next timer when everybody waits. */
export interface DrillClock extends Clock {
  /** Jumps to the earliest timer and fires it; false where nobody waits for anything. */
  step(): boolean;
}

/** Starts at the wall clock's present, so that dates in headers make sense. */
export function drillClock(): DrillClock {
  const startedMs = Date.now();
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly fn: () => void }>();
  return {
    now: () => startedMs + nowMs,
    monotonic: () => nowMs,
    after(ms, fn) {
      const timer = { atMs: nowMs + Math.max(0, ms), fn };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    step() {
      let next: { readonly atMs: number; readonly fn: () => void } | null = null;
      // of timers for the same moment the one that was set first
      for (const timer of timers) if (next === null || timer.atMs < next.atMs) next = timer;
      if (next === null) return false;
      timers.delete(next);
      nowMs = Math.max(nowMs, next.atMs);
      next.fn();
      return true;
    },
  };
}
