import { Type } from "@sinclair/typebox";
import { GatewayError } from "../../lib/errors.ts";
import { Closed, Open } from "../../schema/shapes.ts";
import { Alarm } from "../../schema/views/alarm.ts";
import { TargetView } from "../../schema/views/target-view.ts";
import { alarmsOf } from "../alarms.ts";
import { createAdminDoor } from "../auth.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";

const Health = Closed({
  status: Type.Union(["ok", "degraded", "unavailable", "draining"].map((status) => Type.Literal(status))),
  targets: Closed({ total: Type.Integer(), available: Type.Integer() }),
  in_flight: Type.Integer({ description: "requests that have not been answered to the end" }),
  details: Type.Optional(
    Open({
      version: Type.String(),
      pack: Open({ name: Type.String(), version: Type.String(), enabled: Type.Boolean() }),
      config: Type.String({ description: "hash of the configuration in force" }),
      loaded_at: Type.Number({ description: "epoch milliseconds" }),
      reasons: Type.Array(Type.String(), { description: "why /readyz says no; empty when it says yes" }),
      alarms: Type.Array(Alarm, { description: "what does not work beside the targets" }),
      targets: Type.Array(TargetView),
    }),
  ),
});
const Ready = Closed({ status: Type.Literal("ready") });
const Alive = Closed({ status: Type.Literal("ok") });

/** Whether requests are taken, and if not why not. */
function readiness({ runtime, draining }: ServerOptions): { ready: boolean; reasons: readonly string[] } {
  return draining() ? { ready: false, reasons: ["the gateway is stopping"] } : runtime.gateway.readiness();
}

function summary(options: ServerOptions) {
  const { gateway } = options.runtime;
  const targets = gateway.targets();
  const available = targets.filter((target) => target.available).length;
  const working = available === targets.length ? "ok" : "degraded";
  const status = readiness(options).ready ? working : "unavailable";
  return {
    status: options.draining() ? "draining" : status,
    targets: { total: targets.length, available },
    in_flight: gateway.inFlight(),
  };
}

function details(options: ServerOptions) {
  const { gateway, loadedAtMs, lastReloadErrors } = options.runtime;
  const { name, version, enabled } = gateway.config.pack;
  return {
    version: options.build.version,
    pack: { name, version, enabled },
    config: gateway.configHash,
    loaded_at: loadedAtMs,
    reasons: readiness(options).reasons,
    alarms: alarmsOf({ ...options.watched(), reloadErrors: lastReloadErrors }),
    targets: gateway.targets(),
  };
}

/** `/health`, `/healthz`, `/readyz`. Only `/readyz` speaks through its status. */
export function healthRoutes(options: ServerOptions): Route[] {
  const facts = { method: "GET", openAi: false, access: "open", tag: "Health" } as const;
  const door = createAdminDoor({ ...options, hash: options.adminHash });
  return [
    {
      ...facts,
      path: "/health",
      summary: "Status and counts; with the admin token also targets and configuration",
      answer: { description: "Always 200 while the process lives", schema: Health },
      errors: [],
      handle: ({ request }) =>
        json(door.opens(request.headers) ? { ...summary(options), details: details(options) } : summary(options)),
    },
    {
      ...facts,
      path: "/healthz",
      summary: "Whether the process is alive",
      answer: { description: "It is", schema: Alive },
      errors: [],
      handle: () => json({ status: "ok" }),
    },
    {
      ...facts,
      path: "/readyz",
      summary: "Whether requests are taken",
      answer: { description: "A configuration is live and at least one target usable", schema: Ready },
      errors: ["service_unavailable"],
      handle: () => {
        const { ready, reasons } = readiness(options);
        if (ready) return json({ status: "ready" });
        throw new GatewayError("service_unavailable", `Not ready: ${reasons.join("; ") || "no reason is known"}`, {
          extra: { reasons },
        });
      },
    },
  ];
}
