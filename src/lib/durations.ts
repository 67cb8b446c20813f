/** Milliseconds of a minute. */
export const MINUTE_MS = 60_000;
/** Milliseconds of an hour. */
export const HOUR_MS = 60 * MINUTE_MS;
/** Milliseconds of a day of UTC. */
export const DAY_MS = 24 * HOUR_MS;

/** The number of a moment's day (UTC), counted from 1970. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
