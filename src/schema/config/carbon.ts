import { type TSchema, Type } from "@sinclair/typebox";
import { Closed } from "../shapes.ts";
import { SecretRef, seconds } from "./values.ts";

/** Up to which age a signal is called live and fresh. */
const Freshness = Closed(
  {
    live_minutes: Type.Number({ minimum: 1, maximum: 1440, default: 30, description: "Up to this age: live" }),
    fresh_minutes: Type.Number({
      minimum: 1,
      maximum: 1440,
      default: 120,
      description: "Up to this age: fresh; above: stale",
    }),
  },
  { default: {}, description: "Up to which age a signal is called live, and fresh" },
);

/**
 * Where the carbon intensity of grids comes from, and what may decide. The names of sources and the keys that only some
 * of them have (`own`) are given by whoever knows their registry.
 */
export const carbon = <Name extends TSchema>(kinds: { source: Name; own: Readonly<Record<string, TSchema>> }) =>
  Closed(
    {
      sources: Type.Array(
        Closed({
          source: kinds.source,
          base_url: Type.Optional(
            Type.String({
              pattern: "^https?://[^\\s]+$",
              expects: "an http or https URL",
              description: "Address of the service; left out: its own",
            }),
          ),
          secret_key_ref: Type.Optional(SecretRef),
          zones: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
              minItems: 1,
              description:
                "Grid zones to ask for; left out: those of the catalogue's regions that the source knows, or all of its own",
            }),
          ),
          refresh_seconds: seconds({ default: 300, description: "How often it is asked, less a little jitter" }),
          timeout_seconds: seconds({ maximum: 300, default: 10, description: "How long one answer may take" }),
          ...(Object.fromEntries(
            Object.entries(kinds.own).map(([key, schema]) => [key, Type.Optional(schema)]),
          ) as Record<never, TSchema>),
        }),
        { default: [], description: "In order: per zone the first with a signal that may decide wins" },
      ),
      freshness: Freshness,
      accept_fresh: Type.Boolean({
        default: true,
        description: "Whether a fresh signal may decide; live ones always may",
      }),
      accept_forecast: Type.Boolean({
        default: false,
        description: "Whether a forecast whose slot covers now may decide",
      }),
    },
    { default: {}, description: "Grid signals: sources, freshness, what may decide" },
  );
