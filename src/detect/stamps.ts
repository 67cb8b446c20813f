/** A byte holds no greater one. */
const LAST_STAMP = 255;

/**
 * The stamp that comes after `stamp`, for what is seen from now on: `seen` holds by feature the stamp of who had it last. In
 * one byte each all of them stay in the processor's cache; when they have run out `seen` is cleared and they begin anew.
 */
export function nextStamp(seen: Uint8Array, stamp: number): number {
  if (stamp < LAST_STAMP) return stamp + 1;
  seen.fill(0);
  return 1;
}
