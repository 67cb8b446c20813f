import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, oneOf } from "../shapes.ts";
import { Moment, SignalAccounting, SignalBasis, SignalClass, SignalKind } from "../signal.ts";

const text = nullable(Type.String());
/** A region as `GET /v1/regions` shows it. */
export const RegionView = Closed({
  code: Type.String(),
  provider: text,
  location: text,
  country: Type.String({ description: "ISO 3166-1, two letters" }),
  grid_zone: text,
  annual_gco2_per_kwh: nullable(Type.Number({ description: "annual average of the grid" })),
  annual_source: nullable(Type.String({ description: "who says so" })),
  latency_ms: nullable(Closed({ p50: Type.Number(), p95: Type.Number() }, { description: "network round trip" })),
  latency_source: nullable(oneOf(["probes", "catalogue"], { description: "measured here, or as the catalogue says" })),
  inference: Type.Boolean({ description: "whether targets may stand there" }),
  allowed: Type.Boolean({ description: "whether requests of this caller may go there" }),
  default_path: nullable(Type.Integer({ description: "its place on the default path, from 1" })),
  notes: text,
  models: Type.Array(Type.String(), { description: "what can be asked for there" }),
  live: Closed({
    gco2_per_kwh: nullable(Type.Number({ description: "the best that is known now: see class" })),
    class: nullable(SignalClass),
    age_minutes: nullable(Type.Number()),
    observed_at: nullable(Moment),
    signal_kind: nullable(SignalKind),
    basis: nullable(SignalBasis),
    accounting: nullable(SignalAccounting),
    source: text,
    operational: Type.Boolean({ description: "whether it may decide where requests go" }),
    health: oneOf(["healthy", "degraded", "unavailable", "no_target"], { description: "of the targets there" }),
    saturated: Type.Boolean({ description: "whether whoever is up there has as much to do as it may" }),
  }),
});
export type RegionView = Static<typeof RegionView>;
