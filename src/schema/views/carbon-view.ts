import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable } from "../shapes.ts";
import { SignalKind } from "../signal.ts";
import { Figures } from "./figures.ts";
import { GridSourceView, GridZoneView } from "./grid-view.ts";

/** One point of a zone's past. */
export const ZonePoint = Closed({
  at: Type.Number({ description: "end of the interval, epoch milliseconds" }),
  gco2_per_kwh: Type.Number(),
  kind: SignalKind,
  source: Type.String(),
});
export type ZonePoint = Static<typeof ZonePoint>;

/** How often requests went to a region for one reason. */
const DecisionCount = Closed({
  mode: Type.String(),
  reason: Type.String(),
  region: nullable(Type.String()),
  count: Type.Integer(),
});

/** `/api/carbon`: what is known of the grids, where requests went and why, and what it came to. */
export const CarbonView = Closed({
  since: Type.Number({ description: "epoch milliseconds" }),
  until: Type.Number(),
  configured: Type.Boolean({ description: "whether any grid source is" }),
  sources: Type.Array(GridSourceView),
  zones: Type.Array(
    Closed({ ...GridZoneView.properties, history: Type.Array(ZonePoint, { description: "48 hours, oldest first" }) }),
  ),
  decisions: Type.Array(DecisionCount, { description: "of requests that have a routing trace, the most first" }),
  totals: Figures,
  by_region: Type.Array(Closed({ name: Type.String(), ...Figures.properties })),
});
export type CarbonView = Static<typeof CarbonView>;
