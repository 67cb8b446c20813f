import type { Clock } from "./clock.ts";

/** How long a stretch of work may keep the event loop. */
const STRETCH_MS = 5;

/** So much text, in UTF-16 units, is read between two places where work can be interrupted. */
export const PIECE_UNITS = 2_048;

/**
 * Does work that may be long in stretches: `work` yields where it can be interrupted, often. Gives its result at once
 * where the first stretch is enough; else a promise of it, and others have their turn in between.
 */
export function inSlices<T>(work: Iterator<unknown, T>, clock: Clock): T | Promise<T> {
  const first = stretch(work, clock);
  return first.done === true ? first.value : goOn(work, clock);
}

async function goOn<T>(work: Iterator<unknown, T>, clock: Clock): Promise<T> {
  for (;;) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    const next = stretch(work, clock);
    if (next.done === true) return next.value;
  }
}

function stretch<T>(work: Iterator<unknown, T>, clock: Clock): IteratorResult<unknown, T> {
  const until = clock.monotonic() + STRETCH_MS;
  for (;;) {
    const next = work.next();
    if (next.done === true || clock.monotonic() >= until) return next;
  }
}
