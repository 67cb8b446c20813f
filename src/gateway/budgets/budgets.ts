import { GatewayError } from "../../lib/errors.ts";
import { NANO } from "../../lib/nano.ts";
import type { Account, Balance, BudgetLimits } from "../../store/counters/counters.ts";
import { usdText } from "./cost.ts";

type Limit = keyof BudgetLimits;

const LIMITS = ["per_request_usd", "usd_per_day", "usd_per_month"] as const satisfies readonly Limit[];

/** What is left of the tightest limit of a budget. */
export interface Left {
  readonly nanoUsd: number;
  readonly limit: Limit;
  readonly owner: string;
}

/** What one more request may cost at most; below zero where more was spent than reserved. Null: no limit. */
export function leftOf({ owner, limits }: Account<BudgetLimits>, { today, thisMonth, reserved }: Balance): Left | null {
  const used: Readonly<Record<Limit, number>> = {
    per_request_usd: 0,
    usd_per_day: today + reserved,
    usd_per_month: thisMonth + reserved,
  };
  let tightest: Left | null = null;
  for (const limit of LIMITS) {
    const usd = limits[limit];
    if (usd === undefined) continue;
    const nanoUsd = Math.round(usd * NANO) - used[limit];
    if (tightest === null || nanoUsd < tightest.nanoUsd) tightest = { nanoUsd, limit, owner };
  }
  return tightest;
}

/** The tightest of several accounts; `balance` gives how one stands, by its place in the list. */
export function leastLeft(
  accounts: readonly Account<BudgetLimits>[],
  balance: (account: number) => Balance,
): Left | null {
  let least: Left | null = null;
  for (const [at, account] of accounts.entries()) {
    const left = leftOf(account, balance(at));
    if (left !== null && (least === null || left.nanoUsd < least.nanoUsd)) least = left;
  }
  return least;
}

/** The error for a request that may cost more than is left; `needed` is the cheapest target's estimate. */
export function overBudget({ nanoUsd, limit, owner }: Left, needed: number): GatewayError {
  const what =
    limit === "per_request_usd"
      ? `it may cost up to ${usd(needed)}, a request may cost ${usd(nanoUsd)} at most`
      : `it may cost up to ${usd(needed)}, ${usd(Math.max(0, nanoUsd))} is left`;
  return new GatewayError("budget_exceeded", `This request does not fit into the budget (${owner}.${limit}): ${what}`, {
    extra: { budget: `${owner}.${limit}` },
  });
}

/** The error for a request none of whose targets has a price. */
export function unpriced(owner: string, targets: readonly string[]): GatewayError {
  const named = targets.slice(0, 5).map((id) => `"${id}"`);
  return new GatewayError(
    "budget_exceeded",
    `This request cannot be kept within the budget (${owner}): no price is known for ${named.join(", ")}; its pricing must be configured`,
    { extra: { budget: owner } },
  );
}

function usd(nanoUsd: number): string {
  return `$${usdText(nanoUsd / NANO)}`;
}
