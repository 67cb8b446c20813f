import { type Static, Type } from "@sinclair/typebox";
import { PolicyRecord } from "../event.ts";
import { Closed, nullable, nullableNumber, oneOf } from "../shapes.ts";

/** How often a policy said something. */
export const PolicyCount = Closed({
  policy: Type.String(),
  verdict: Type.String(),
  mode: Type.String({ description: "enforce, or monitor: recorded only" }),
  count: Type.Integer(),
});
export type PolicyCount = Static<typeof PolicyCount>;

const Effect = oneOf(["blocks", "redacts", "observes", "none"], { description: "the most it does there" });

/** Where a policy looks, and the most it does there. */
export const CoverageRow = Closed({
  policy: Type.String(),
  mode: Type.String(),
  request: Effect,
  answer: Effect,
  stream: Effect,
  tool_definition: Effect,
  tool_call: Effect,
  tool_result: Effect,
  chains: Type.Readonly(
    Type.Array(Type.String(), { description: "those it is in: `policies`, `model_groups.NAME`, `consumers.ID`" }),
  ),
});
export type CoverageRow = Static<typeof CoverageRow>;

const ChainName = Type.String({
  description: "`policies` (the usual one), `model_groups.NAME` or `consumers.ID`: one that has a chain of its own",
});

/** What the playground is asked: the text of a user or of a model, and whose chain it goes through. */
export const PlaygroundAsk = Closed({
  text: Type.String({ minLength: 1, maxLength: 32_000 }),
  side: oneOf(["request", "answer"], { default: "request", description: "whose words they are: a user's, a model's" }),
  chain: Type.Optional(ChainName),
});
export type PlaygroundAsk = Static<typeof PlaygroundAsk>;

/** What each policy of the chain saw and said of a text. Nothing of it is kept. */
export const PlaygroundAnswer = Closed({
  verdict: Type.String({ description: "the strongest that would be enforced" }),
  left: nullable(Type.String(), { description: "the text as it would go on; null: it would not" }),
  steps: Type.Array(
    Closed({
      ...PolicyRecord.properties,
      saw: nullable(Type.String(), {
        description: "the text as it came to it; null: it does not look",
      }),
    }),
  ),
});
export type PlaygroundAnswer = Static<typeof PlaygroundAnswer>;

/** `/api/policies`: the chain in force, and what its policies said over a stretch of time. */
export const PoliciesView = Closed({
  since: Type.Number({ description: "epoch milliseconds" }),
  until: Type.Number(),
  covers_since: nullableNumber("the oldest request counted; null: none yet"),
  chain: Type.Array(
    Closed({
      policy: Type.String(),
      mode: Type.String({ description: "enforce or monitor" }),
      phases: Type.Array(Type.String(), { description: "what it can look at" }),
    }),
  ),
  chains: Type.Array(Closed({ name: ChainName, policies: Type.Readonly(Type.Array(Type.String())) }), {
    description: "every chain that there is, the usual one first",
  }),
  coverage: Type.Array(CoverageRow),
  totals: Type.Array(PolicyCount),
  bucket_ms: Type.Integer(),
  series: Type.Array(Closed({ at: Type.Number(), counts: Type.Array(PolicyCount) })),
});
export type PoliciesView = Static<typeof PoliciesView>;
