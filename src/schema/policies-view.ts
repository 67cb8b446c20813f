import { type Static, Type } from "@sinclair/typebox";
import { Closed } from "./vetted.ts";

/** How often a policy said something. */
export const PolicyCount = Closed({
  policy: Type.String(),
  verdict: Type.String(),
  mode: Type.String({ description: "enforce, or monitor: recorded only" }),
  count: Type.Integer(),
});
export type PolicyCount = Static<typeof PolicyCount>;

/** `/api/policies`: the chain in force, and what its policies said over a stretch of time. */
export const PoliciesView = Closed({
  since: Type.Number({ description: "epoch milliseconds" }),
  until: Type.Number(),
  covers_since: Type.Union([Type.Number(), Type.Null()], { description: "the oldest request counted; null: none yet" }),
  chain: Type.Array(
    Closed({
      policy: Type.String(),
      mode: Type.String({ description: "enforce or monitor" }),
      phases: Type.Array(Type.String(), { description: "what it can look at" }),
    }),
  ),
  totals: Type.Array(PolicyCount),
  bucket_ms: Type.Integer(),
  series: Type.Array(Closed({ at: Type.Number(), counts: Type.Array(PolicyCount) })),
});
export type PoliciesView = Static<typeof PoliciesView>;
