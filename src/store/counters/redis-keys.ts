import { sha256Hex } from "../../lib/digest.ts";
import { PARTS } from "../../lib/sliding-window.ts";
import type { Meter } from "./counters.ts";
import { keptKey } from "./meter-book.ts";

/** The server's name for an account. */
export function accountKey(owner: string): string {
  return `weir:budget:${owner}`;
}

/** A meter as scripts take it. Whose it is shows only as a hash; a limit that changes goes on with what was counted. */
export function meterArgument({ rate, key }: Meter): { k: string; max: number; w: number; p: number } {
  const whose = key === "" ? "" : `:${sha256Hex(keptKey(key)).slice(0, 32)}`;
  const w = rate.windowMs * 1000;
  return {
    k: `weir:rate:${rate.setting}:${rate.windowMs / 1000}s${whose}`,
    max: rate.max,
    w,
    p: rate.max <= PARTS ? 0 : Math.floor(w / PARTS),
  };
}

/** The server's name for the places of one consumer. */
export function placesKey(key: string): string {
  return `weir:places:${key}`;
}
