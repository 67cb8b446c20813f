import { Type } from "@sinclair/typebox";
import { MINUTE_MS } from "../../lib/durations.ts";
import { Closed } from "../../schema/shapes.ts";
import { GridSourceView, GridZoneView } from "../../schema/views/grid-view.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { ADMIN } from "./route-facts.ts";

const Grid = Closed({
  rules: Closed({
    live_minutes: Type.Number(),
    fresh_minutes: Type.Number(),
    accept_fresh: Type.Boolean(),
    accept_forecast: Type.Boolean(),
  }),
  sources: Type.Array(GridSourceView),
  zones: Type.Array(GridZoneView),
});

/** What is known of the grids, and how each source does. */
export function gridRoutes({ grid, clock }: ServerOptions): Route[] {
  return [
    {
      ...ADMIN,
      method: "GET",
      path: "/api/grid",
      summary: "Grid signals by zone, and how each source does",
      answer: { description: "Sources and zones", schema: Grid },
      errors: [],
      handle() {
        const { liveMs, freshMs, acceptFresh, acceptForecast } = grid.table.rules;
        return json({
          rules: {
            live_minutes: liveMs / MINUTE_MS,
            fresh_minutes: freshMs / MINUTE_MS,
            accept_fresh: acceptFresh,
            accept_forecast: acceptForecast,
          },
          sources: grid.sources(),
          zones: grid.zones(clock.now()),
        });
      },
    },
  ];
}
