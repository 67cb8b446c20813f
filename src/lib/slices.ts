import type { Clock } from "./clock.ts";

/** How long a stretch of work may keep the event loop. */
const STRETCH_MS = 5;

/** How much text, in UTF-16 units, is read between two places where work can be interrupted. */
export const PIECE_UNITS = 2_048;

/** Work that has had more than the n-th of these comes after all that has had less. */
const LEVELS_MS = [20, 160, 1_280] as const;

/**
 * One turn in so many goes to the work that has waited longest, so that a lot of short work cannot hold up long work
 * for ever.
 */
const OLDEST_EVERY = 4;

/** Work that was not done in its first stretch. */
interface Job {
  readonly clock: Clock;
  /** Works until it is done, which is true, or the time is over. */
  stretch(untilMs: number): boolean;
  usedMs: number;
}

/** In the order of arrival. */
const waiting: Job[] = [];
let turns = 0;
let busyMs = 0;
/** What first stretches took since the last turn: more than one of them waits for its own. */
let freshMs = 0;

/**
 * Milliseconds that work in turns has kept the event loop so far. Who measures another wait subtracts what came in
 * between.
 */
export function slicedMs(): number {
  return busyMs;
}

/**
 * Does work that may be long in stretches: `work` yields wherever it can be interrupted, which must be often. Gives its
 * result at once where the first stretch is enough, else a promise of it. All such work together gets one stretch per
 * turn of the event loop, the least served first, so that no amount of it keeps the rest waiting. Where `signal` is
 * aborted before it is done, it is given up, and the promise rejects with the signal's reason.
 */
export function inSlices<T>(work: Iterator<unknown, T>, clock: Clock, signal?: AbortSignal): T | Promise<T> {
  if (waiting.length > 0 && freshMs >= STRETCH_MS) return queued(work, { clock, signal, usedMs: 0 });
  const startedMs = clock.monotonic();
  const first = stretch(work, clock, startedMs + STRETCH_MS);
  if (first.done === true && waiting.length === 0) return first.value;
  const usedMs = clock.monotonic() - startedMs;
  busyMs += usedMs;
  freshMs += usedMs;
  return first.done === true ? first.value : queued(work, { clock, signal, usedMs });
}

function queued<T>(
  work: Iterator<unknown, T>,
  { clock, signal, usedMs }: { clock: Clock; signal: AbortSignal | undefined; usedMs: number },
): Promise<T> {
  return new Promise((resolve, reject) => {
    waiting.push({
      clock,
      usedMs,
      stretch(untilMs) {
        try {
          signal?.throwIfAborted();
          const next = stretch(work, clock, untilMs);
          if (next.done === true) resolve(next.value);
          return next.done === true;
        } catch (thrown) {
          reject(thrown);
          return true;
        }
      },
    });
    if (waiting.length === 1) setImmediate(turn);
  });
}

/** Everybody's stretch: what is left of it after a short job is the next one's. */
function turn(): void {
  freshMs = 0;
  turns++;
  let leftMs = STRETCH_MS;
  while (leftMs > 0 && waiting.length > 0) {
    const job = nextJob();
    const startedMs = job.clock.monotonic();
    const isDone = job.stretch(startedMs + leftMs);
    const tookMs = job.clock.monotonic() - startedMs;
    job.usedMs += tookMs;
    busyMs += tookMs;
    leftMs -= tookMs;
    if (isDone) waiting.splice(waiting.indexOf(job), 1);
    else break;
  }
  if (waiting.length > 0) setImmediate(turn);
}

/** Of the least served the first that came. */
function nextJob(): Job {
  let next = waiting[0]!;
  if (turns % OLDEST_EVERY === 0) return next;
  for (const job of waiting) if (levelOf(job) < levelOf(next)) next = job;
  return next;
}

function levelOf({ usedMs }: Job): number {
  let level = 0;
  while (level < LEVELS_MS.length && usedMs >= LEVELS_MS[level]!) level++;
  return level;
}

function stretch<T>(work: Iterator<unknown, T>, clock: Clock, untilMs: number): IteratorResult<unknown, T> {
  for (;;) {
    const next = work.next();
    if (next.done === true || clock.monotonic() >= untilMs) return next;
  }
}
