import { NANO_USD } from "../../lib/pricing.ts";
import { PARTS } from "../../lib/sliding-window.ts";
import type { Account, Meter } from "./counters.ts";

/** The server's name for an account. */
export function accountKey(owner: string): string {
  return `weir:budget:${owner}`;
}

/** A meter as scripts take it. Whose it is shows only as a hash. */
export function meterArgument({ rate, key }: Meter): { k: string; max: number; w: number; p: number } {
  const whose = key === "" ? "" : `:${new Bun.CryptoHasher("sha256").update(key).digest("hex").slice(0, 32)}`;
  const w = rate.windowMs * 1000;
  return {
    k: `weir:rate:${rate.setting}:${rate.max}/${rate.windowMs / 1000}s${whose}`,
    max: rate.max,
    w,
    p: rate.max <= PARTS ? 0 : Math.floor(w / PARTS),
  };
}

/** Limits of a day and a month in billionths of a dollar; a limit that is not there is left out. */
export function limitsArgument({ limits }: Account): { day?: number; month?: number } {
  const { usd_per_day: day, usd_per_month: month } = limits;
  return {
    ...(day === undefined ? {} : { day: Math.round(day * NANO_USD) }),
    ...(month === undefined ? {} : { month: Math.round(month * NANO_USD) }),
  };
}

/** The server's name for the places of one consumer. */
export function placesKey(key: string): string {
  return `weir:places:${key}`;
}
