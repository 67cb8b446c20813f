import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, nullableNumber, oneOf } from "../shapes.ts";
import { Alarm } from "./alarm.ts";

/** Sums over requests; null is said where nothing is known. */
export const Figures = Closed({
  requests: Type.Integer(),
  blocked: Type.Integer(),
  redacted: Type.Integer(),
  escalated: Type.Integer(),
  errors: Type.Integer({ description: "5xx and broken streams" }),
  cancelled: Type.Integer(),
  prompt_tokens: Type.Integer(),
  completion_tokens: Type.Integer(),
  usd: nullableNumber("of the requests whose cost is known; null: of none"),
  cost_estimated: Type.Integer({ description: "requests whose cost is an estimate" }),
  cost_unknown: Type.Integer({ description: "requests whose cost nobody knows" }),
  gco2e: nullableNumber("of the requests whose emissions are known; null: of none"),
  gco2e_ci90_lo: nullable(Type.Number()),
  gco2e_ci90_hi: nullable(Type.Number()),
  energy_wh: nullableNumber("of the requests whose energy is known, which may be more; null: of none"),
  with_receipt: Type.Integer({ description: "requests whose emissions are known" }),
  p50_ms: nullable(Type.Number()),
  p95_ms: nullable(Type.Number()),
});
export type Figures = Static<typeof Figures>;

const Range = {
  since: Type.Number({ description: "epoch milliseconds" }),
  until: Type.Number(),
  covers_since: nullableNumber("the oldest request counted; null: none yet"),
};

/** `/api/overview`: a stretch of time, its course, and as long a time before. */
export const Overview = Closed({
  ...Range,
  totals: Figures,
  before: Figures,
  bucket_ms: Type.Integer(),
  series: Type.Array(Closed({ at: Type.Number(), ...Figures.properties })),
  alarms: Type.Array(Alarm, { description: "what does not work now beside the targets, whatever the stretch of time" }),
});
export type Overview = Static<typeof Overview>;

/** Figures by what was asked for. */
export const FigureGroups = Closed({
  ...Range,
  by: Type.String(),
  groups: Type.Array(
    Closed({
      name: Type.String(),
      failed_attempts: Type.Integer({
        description:
          "tries made there that failed, whoever answered in the end; requests and errors are of who answered",
      }),
      ...Figures.properties,
    }),
  ),
});
export type FigureGroups = Static<typeof FigureGroups>;

/** A limit on what may be spent or emitted, and how it stands. */
export const BudgetView = Closed({
  setting: Type.String({ description: 'the setting: `budgets.usd_per_day`, `consumers["ID"].budget.usd_per_month`' }),
  consumer: nullable(Type.String(), { description: "null: everybody together" }),
  period: oneOf(["request", "day", "month"]),
  unit: oneOf(["usd", "gco2e"]),
  limit: Type.Number(),
  used: nullableNumber(
    "in this day or month of UTC, by all who share `store.counters` (some seconds ago); null: of one request",
  ),
  left: nullableNumber("never below 0; null where `used` is"),
  resets_at: nullableNumber("epoch milliseconds; null: of one request"),
});
export type BudgetView = Static<typeof BudgetView>;

/** What a target's tokens cost, and how that is known. */
export const PriceView = Closed({
  target: Type.String(),
  model: Type.String({ description: "as the upstream knows it" }),
  basis: oneOf(["exact", "estimated", "unknown"], {
    description: "exact: the target's own pricing; estimated: the list price; unknown: neither",
  }),
  prompt: nullableNumber("USD per 1,000,000 tokens"),
  completion: nullableNumber("USD per 1,000,000 tokens"),
  cached_prompt: nullableNumber("USD per 1,000,000 tokens; null: they cost what the others do"),
});
export type PriceView = Static<typeof PriceView>;

/** `/api/costs`: the figures by what was asked for, what may still be spent, and what tokens cost. */
export const Costs = Closed({
  ...FigureGroups.properties,
  budgets: Type.Array(BudgetView),
  prices: Closed({
    list_as_of: Type.String({ description: "day of the list prices" }),
    list_source: Type.String(),
    targets: Type.Array(PriceView),
  }),
});
export type Costs = Static<typeof Costs>;
