import type { Config } from "../../config/config.ts";
import type { LoadResult } from "../../config/load.ts";
import { maskConfig } from "../../config/mask.ts";
import { originsOf } from "../../config/provenance.ts";
import { showYaml } from "../../config/show.ts";
import { GatewayError } from "../../lib/errors.ts";
import { oncePer } from "../../lib/once.ts";
import { ConfigCheck, ConfigState, Reloaded } from "../../schema/views/config-view.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { changedPaths, stuckPaths } from "../runtime.ts";
import { ADMIN } from "./route-facts.ts";

/** What is shown of a configuration in force. It does not change, and to write it down keeps the loop for 20 ms and more. */
const shownOf = oncePer((config: Config) => ({
  config: maskConfig(config),
  yaml: showYaml({ config, provenance: originsOf(config), effective: true }),
}));

/** `/api/config`: what is in force, what the files say now, and the step from one to the other. */
export function configRoutes({ runtime, loadConfig }: ServerOptions): Route[] {
  return [
    {
      ...ADMIN,
      method: "GET",
      path: "/api/config",
      summary: "The configuration in force, masked, and what the last reload said",
      answer: { description: "The configuration", schema: ConfigState },
      errors: [],
      handle: () => {
        const { config, configHash } = runtime.gateway;
        return json({
          hash: configHash,
          loaded_at: runtime.loadedAtMs,
          last_reload_errors: runtime.lastReloadErrors,
          ...shownOf(config),
        });
      },
    },
    {
      ...ADMIN,
      method: "GET",
      path: "/api/config/check",
      summary: "What the files, variables and flags say now; nothing is put in force",
      answer: {
        description: "Findings, what a reload would change, and what is set with its origin",
        schema: ConfigCheck,
      },
      errors: [],
      handle: () => json(checkOf(loadConfig(), runtime.gateway.config)),
    },
    {
      ...ADMIN,
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
  ];
}

function checkOf(loaded: LoadResult, inForce: Config): ConfigCheck {
  return {
    ok: loaded.ok,
    problems: loaded.problems.map(({ code, severity, file, line, column, path, message, suggestion }) => ({
      code,
      severity,
      where: line === null ? file : `${file}:${line}:${column ?? 1}`,
      path,
      message,
      suggestion: suggestion ?? null,
    })),
    changed: loaded.ok ? changedPaths(inForce, loaded.config) : [],
    needs_restart: loaded.ok ? stuckPaths(inForce, loaded.config) : [],
    yaml: loaded.ok ? showYaml({ ...loaded, effective: false }) : null,
  };
}
