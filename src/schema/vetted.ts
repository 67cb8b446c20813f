import { type Static, type TProperties, Type } from "@sinclair/typebox";

/** An object that describes what is read and lets everything else pass. */
export const Open = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: true });

/** An object in which an undeclared key is an error. */
export const Closed = <T extends TProperties>(properties: T, options: Record<string, unknown> = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false });

/** What a shape lets in, or null. */
export const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

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
