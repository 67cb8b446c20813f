import type { Config } from "../../config/config.ts";
import { priceOf } from "../../gateway/budgets/cost.ts";
import { DAY_MS, dayOf } from "../../lib/durations.ts";
import { NANO } from "../../lib/nano.ts";
import { PRICES_AS_OF, PRICES_SOURCE } from "../../lib/pricing.ts";
import type { SpendingRecord, Spent } from "../../lib/spending-file.ts";
import type { BudgetView, Costs, PriceView } from "../../schema/views/figures.ts";
import { Spending } from "../../store/counters/spending.ts";

/** Every limit a budget can have; what is emitted is counted apart from what is spent. */
const LIMITS = [
  { key: "per_request_usd", period: "request", unit: "usd", account: "" },
  { key: "usd_per_day", period: "day", unit: "usd", account: "" },
  { key: "usd_per_month", period: "month", unit: "usd", account: "" },
  { key: "gco2e_per_day", period: "day", unit: "gco2e", account: ".gco2e_per_day" },
] as const;
type Period = BudgetView["period"];

/** Every limit on spending and emissions that a configuration has, and how it stands at `nowMs`. */
export function budgetsOf(config: Config, spending: SpendingRecord | null, nowMs: number): BudgetView[] {
  const budgets: readonly { owner: string; consumer: string | null; limits: object | undefined }[] = [
    { owner: "budgets", consumer: null, limits: config.budgets },
    ...(config.consumers ?? []).map(({ id, budget }) => ({
      owner: `consumers[${JSON.stringify(id)}].budget`,
      consumer: id,
      limits: budget,
    })),
  ];
  return budgets.flatMap(({ owner, consumer, limits = {} }) =>
    LIMITS.flatMap(({ key, period, unit, account }): BudgetView[] => {
      const limit = (limits as Readonly<Record<string, number | undefined>>)[key];
      if (limit === undefined) return [];
      const used = usedOf(spending?.[owner + account], period, nowMs);
      const left = used === null ? null : Math.max(0, limit - used);
      const row = { setting: `${owner}.${key}`, consumer, period, unit, limit, used, left };
      return [{ ...row, resets_at: resetOf(period, nowMs) }];
    }),
  );
}

/** What was used in the day or month of `nowMs`; days and months before it count for nothing. */
function usedOf(spent: Spent | undefined, period: Period, nowMs: number): number | null {
  if (spent === undefined || period === "request") return null;
  const { today, thisMonth } = new Spending(spent).at(nowMs);
  return (period === "day" ? today : thisMonth) / NANO;
}

function resetOf(period: Period, nowMs: number): number | null {
  if (period === "request") return null;
  const now = new Date(nowMs);
  return period === "day" ? (dayOf(nowMs) + 1) * DAY_MS : Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
}

/** What the tokens of every target and model cost: as configured, else by the dated list, else not known. */
export function pricesOf({ providers }: Config): Costs["prices"] {
  const targets = providers.targets.flatMap((config) =>
    [...new Set([config.model, ...config.models.map(({ upstream }) => upstream)])].map((name): PriceView => {
      const price = priceOf({ config }, name);
      return {
        target: config.id,
        model: name,
        basis: price?.basis ?? "unknown",
        prompt: price?.prompt ?? null,
        completion: price?.completion ?? null,
        cached_prompt: price?.cachedPrompt ?? null,
      };
    }),
  );
  return { list_as_of: PRICES_AS_OF, list_source: PRICES_SOURCE, targets };
}
