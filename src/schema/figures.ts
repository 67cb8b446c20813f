import { type Static, Type } from "@sinclair/typebox";
import { Closed } from "./vetted.ts";

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
  usd: Type.Union([Type.Number(), Type.Null()], { description: "of the requests whose cost is known; null: of none" }),
  cost_estimated: Type.Integer({ description: "requests whose cost is an estimate" }),
  cost_unknown: Type.Integer({ description: "requests whose cost nobody knows" }),
  gco2e: Type.Union([Type.Number(), Type.Null()], {
    description: "of the requests with a receipt; null: none has one",
  }),
  gco2e_ci90_lo: Type.Union([Type.Number(), Type.Null()]),
  gco2e_ci90_hi: Type.Union([Type.Number(), Type.Null()]),
  energy_wh: Type.Union([Type.Number(), Type.Null()]),
  with_receipt: Type.Integer(),
  p50_ms: Type.Union([Type.Number(), Type.Null()]),
  p95_ms: Type.Union([Type.Number(), Type.Null()]),
});
export type Figures = Static<typeof Figures>;

const Range = {
  since: Type.Number({ description: "epoch milliseconds" }),
  until: Type.Number(),
  covers_since: Type.Union([Type.Number(), Type.Null()], { description: "the oldest request counted; null: none yet" }),
};

/** `/api/overview`: a stretch of time, its course, and as long a time before. */
export const Overview = Closed({
  ...Range,
  totals: Figures,
  before: Figures,
  bucket_ms: Type.Integer(),
  series: Type.Array(Closed({ at: Type.Number(), ...Figures.properties })),
});
export type Overview = Static<typeof Overview>;

/** `/api/costs`: the same figures by what was asked for. */
export const FigureGroups = Closed({
  ...Range,
  by: Type.String(),
  groups: Type.Array(Closed({ name: Type.String(), ...Figures.properties })),
});
export type FigureGroups = Static<typeof FigureGroups>;
