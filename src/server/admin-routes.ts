import { Type } from "@sinclair/typebox";
import { GatewayError } from "../lib/errors.ts";
import { ConfigCheck, ConfigState, Reloaded } from "../schema/config-view.ts";
import { TargetView } from "../schema/target-view.ts";
import { Closed } from "../schema/vetted.ts";
import type { AdminDoor } from "./auth.ts";
import { carbonRoutes } from "./carbon-routes.ts";
import { escalationsRoutes } from "./escalations-routes.ts";
import { eventsRoutes } from "./events-routes.ts";
import { eventsStreamRoute } from "./events-stream.ts";
import { LedgerFigures } from "./figures.ts";
import { figuresRoutes } from "./figures-routes.ts";
import { gridRoutes } from "./grid-routes.ts";
import { ledgerRoutes } from "./ledger-routes.ts";
import type { ServerOptions } from "./options.ts";
import { playgroundRoute, policiesRoute } from "./policies-routes.ts";
import { json, type Route } from "./route.ts";

/** Everything below `/api`. */
export function adminRoutes(options: ServerOptions, door: AdminDoor): Route[] {
  const { runtime } = options;
  const figures = new LedgerFigures(options.ledger);
  const facts = { openAi: false, access: "admin", tag: "Admin" } as const;
  return [
    {
      ...facts,
      method: "GET",
      path: "/api/config",
      summary: "The configuration in force, masked, and what the last reload said",
      answer: { description: "The configuration", schema: ConfigState },
      errors: [],
      handle: () =>
        json({
          hash: runtime.gateway.configHash,
          loaded_at: runtime.loadedAtMs,
          last_reload_errors: runtime.lastReloadErrors,
          config: options.showConfig(runtime.gateway.config),
        }),
    },
    {
      ...facts,
      method: "GET",
      path: "/api/config/check",
      summary: "What the files, variables and flags say now; nothing is put in force",
      answer: { description: "Findings, and what is set with its origin", schema: ConfigCheck },
      errors: [],
      handle: () => json(options.checkConfig()),
    },
    {
      ...facts,
      method: "POST",
      path: "/api/config/reload",
      summary: "Reads the configuration again; what is invalid changes nothing",
      answer: { description: "The new configuration is in force", schema: Reloaded },
      errors: ["invalid_request"],
      handle: async () => {
        const result = await runtime.reload();
        if (result.ok) return json({ ok: true, hash: result.configHash, changed: result.changed });
        const message = `The new configuration is not in force, the old one stays: ${result.errors.join("; ")}`;
        throw new GatewayError("invalid_request", message, { extra: { errors: result.errors } });
      },
    },
    {
      ...facts,
      method: "GET",
      path: "/api/targets",
      summary: "Every target and how it does",
      answer: { description: "The targets", schema: Closed({ targets: Type.Array(TargetView) }) },
      errors: [],
      handle: () => json({ targets: runtime.gateway.targets() }),
    },
    ...gridRoutes(options),
    ...figuresRoutes(options, figures),
    ...carbonRoutes(options, figures),
    policiesRoute(options, figures),
    playgroundRoute(options),
    eventsStreamRoute(options, door),
    ...eventsRoutes(options),
    ...ledgerRoutes(options),
    ...escalationsRoutes(options),
  ];
}
