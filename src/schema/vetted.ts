import { type Static, Type } from "@sinclair/typebox";
import { Closed } from "./shapes.ts";

/** The request's `vetted` object: ours, closed (a typo must not un-pin), removed before forwarding. */
export const Vetted = Closed({
  region: Type.Optional(Type.String({ minLength: 1 })),
  secondary_region: Type.Optional(Type.String({ minLength: 1 })),
  routing: Type.Optional(Type.Union([Type.Literal("carbon_aware"), Type.Literal("standard")])),
  latency_budget_ms: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  boundary: Type.Optional(Type.String({ minLength: 1 })),
  receipt: Type.Optional(Type.Boolean()),
});
export type Vetted = Static<typeof Vetted>;
