import type { Account, BudgetLimits, EmissionLimits, Rate } from "../../store/counters/counters.ts";

/** Ids of rates and owners of accounts. */
export interface Kept {
  readonly rates: Set<string>;
  readonly owners: Set<string>;
}

/** A rate under the setting that asks for it, which is kept from now on. */
export function rateOf(kept: Kept, setting: string, rate: Omit<Rate, "id" | "setting">): Rate {
  const id = JSON.stringify([setting, rate.unit, rate.windowMs]);
  kept.rates.add(id);
  return { id, setting, ...rate };
}

/** An account under the name it is counted by, which is kept from now on. */
export function accountOf<Limits extends BudgetLimits | EmissionLimits>(
  kept: Kept,
  owner: string,
  limits: Limits,
): Account<Limits> {
  kept.owners.add(owner);
  return { owner, limits };
}
