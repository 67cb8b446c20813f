import { Type } from "@sinclair/typebox";
import { Closed } from "../../schema/shapes.ts";
import { TargetView } from "../../schema/views/target-view.ts";
import type { AdminDoor } from "../auth.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { carbonRoutes } from "./carbon-routes.ts";
import { configRoutes } from "./config-routes.ts";
import { escalationsRoutes } from "./escalations-routes.ts";
import { eventsRoutes } from "./events-routes.ts";
import { eventsStreamRoute } from "./events-stream.ts";
import { figuresRoutes } from "./figures-routes.ts";
import { gridRoutes } from "./grid-routes.ts";
import { ledgerRoutes } from "./ledger-routes.ts";
import { playgroundRoute } from "./playground-routes.ts";
import { policiesRoute } from "./policies-routes.ts";
import { qualityRoute } from "./quality-routes.ts";
import { withKnownQuery } from "./query.ts";
import { ADMIN } from "./route-facts.ts";

/** Everything below `/api`. */
export function adminRoutes(options: ServerOptions, door: AdminDoor): Route[] {
  const { runtime } = options;
  const routes: Route[] = [
    ...configRoutes(options),
    {
      ...ADMIN,
      method: "GET",
      path: "/api/targets",
      summary: "Every target and how it does",
      answer: { description: "The targets", schema: Closed({ targets: Type.Array(TargetView) }) },
      errors: [],
      handle: () => json({ targets: runtime.gateway.targets() }),
    },
    ...gridRoutes(options),
    ...figuresRoutes(options),
    ...carbonRoutes(options),
    policiesRoute(options),
    playgroundRoute(options),
    qualityRoute(options),
    eventsStreamRoute(options, door),
    ...eventsRoutes(options),
    ...ledgerRoutes(options),
    ...escalationsRoutes(options),
  ];
  return routes.map(withKnownQuery);
}
