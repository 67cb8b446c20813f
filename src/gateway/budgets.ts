import { GatewayError } from "../lib/errors.ts";
import { NANO_USD } from "../lib/pricing.ts";
import type { SpendingRecord, Spent } from "../lib/spending-file.ts";

/** What may be spent, in USD; left out: no limit. Days and months are those of UTC. */
export interface BudgetLimits {
  readonly per_request_usd?: number | undefined;
  readonly usd_per_day?: number | undefined;
  readonly usd_per_month?: number | undefined;
}

type Limit = keyof BudgetLimits;

const LIMITS = ["per_request_usd", "usd_per_day", "usd_per_month"] as const satisfies readonly Limit[];

/** What is left of the tightest limit of a budget. */
export interface Left {
  readonly nanoUsd: number;
  readonly limit: Limit;
  readonly owner: string;
}

const DAY_MS = 86_400_000;

/**
 * What was spent and what is set aside, of the gateway as a whole or of one consumer. What is settled belongs to the day
 * on which it is settled. All amounts are whole billionths of a dollar. Survives a reload.
 */
export class Spending {
  #day = -1;
  #month = -1;
  #today = 0;
  #thisMonth = 0;
  /** The most that requests under way may cost. */
  reserved = 0;

  /** Begins with what was spent before, by an earlier process, as far as it is still this day and month. */
  constructor(before?: Spent) {
    if (before === undefined) return;
    this.#day = before.day;
    this.#month = before.month;
    this.#today = before.today;
    this.#thisMonth = before.thisMonth;
  }

  /** What a later process is to know. Requests under way are not in it. */
  record(): Spent {
    return { day: this.#day, month: this.#month, today: this.#today, thisMonth: this.#thisMonth };
  }

  /** Spent since midnight UTC, and since the first of the month. */
  at(nowMs: number): { readonly today: number; readonly thisMonth: number } {
    this.#turn(nowMs);
    return { today: this.#today, thisMonth: this.#thisMonth };
  }

  /** Books what was really spent. */
  add(nanoUsd: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#today += nanoUsd;
    this.#thisMonth += nanoUsd;
  }

  #turn(nowMs: number): void {
    const day = Math.floor(nowMs / DAY_MS);
    if (day === this.#day) return;
    const date = new Date(nowMs);
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
    if (month !== this.#month) this.#thisMonth = 0;
    this.#today = 0;
    this.#day = day;
    this.#month = month;
  }
}

/** What later processes are to know of all of them; null where there are none. */
export function recordOf(all: ReadonlyMap<string, Spending> | undefined): SpendingRecord | null {
  if (all === undefined || all.size === 0) return null;
  return Object.fromEntries([...all].map(([owner, spending]) => [owner, spending.record()]));
}

/**
 * A budget at work. Requests reserve the most they may cost before the call and settle what they did cost after it; both
 * count against the limits at once, so that many requests together never spend more than is left.
 */
export interface Account {
  /** `budgets`, or `consumers["id"].budget`: how a message names it. */
  readonly owner: string;
  readonly limits: BudgetLimits;
  readonly spending: Spending;
}

/** What one more request may cost at most; below zero where more was spent than reserved. Null: no limit. */
export function leftOf({ owner, limits, spending }: Account, nowMs: number): Left | null {
  const { today, thisMonth } = spending.at(nowMs);
  const used: Readonly<Record<Limit, number>> = {
    per_request_usd: 0,
    usd_per_day: today + spending.reserved,
    usd_per_month: thisMonth + spending.reserved,
  };
  let tightest: Left | null = null;
  for (const limit of LIMITS) {
    const usd = limits[limit];
    if (usd === undefined) continue;
    const nanoUsd = Math.round(usd * NANO_USD) - used[limit];
    if (tightest === null || nanoUsd < tightest.nanoUsd) tightest = { nanoUsd, limit, owner };
  }
  return tightest;
}

/** The tightest of several accounts. */
export function leastLeft(accounts: readonly Account[], nowMs: number): Left | null {
  let least: Left | null = null;
  for (const account of accounts) {
    const left = leftOf(account, nowMs);
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
  return `$${(nanoUsd / NANO_USD).toFixed(9).replace(/\.?0+$/, "")}`;
}
