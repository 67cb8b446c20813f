import { NANO } from "../../lib/nano.ts";
import type { Account, Amounts } from "./counters.ts";

/** What of these amounts counts against an account: money, or emissions where it limits those. */
export function amountFor({ limits }: Account, { nanoUsd, nanoGrams = 0 }: Amounts): number {
  return "gco2e_per_day" in limits ? nanoGrams : nanoUsd;
}

/** An account's limits of a day and a month in billionths; a limit that is not there is left out. */
export function limitsOf({ limits }: Account): { day?: number; month?: number } {
  if ("gco2e_per_day" in limits) return { day: Math.round(limits.gco2e_per_day * NANO) };
  const { usd_per_day: day, usd_per_month: month } = limits;
  return {
    ...(day === undefined ? {} : { day: Math.round(day * NANO) }),
    ...(month === undefined ? {} : { month: Math.round(month * NANO) }),
  };
}
