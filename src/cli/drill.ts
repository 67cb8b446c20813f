import type { Command } from "./command.ts";
import type { RouteDrill } from "./drill/run.ts";
import { usageError } from "./terminal/arguments.ts";
import { loadOrTell, POLICY_CONFIG_FLAG } from "./terminal/config-source.ts";
import { hasFlag, listFlag } from "./terminal/flags.ts";
import { styleFor } from "./terminal/style.ts";
import { visible } from "./terminal/text.ts";

/** `weir drill`: puts every way an upstream goes wrong before one's own routes, and shows what callers would see. */
export const drill: Command<"drill"> = {
  name: "drill",
  summary: "Try your routes against failing upstreams: what would callers see?",
  positionals: "",
  options: {
    ...POLICY_CONFIG_FLAG,
    route: { type: "string", multiple: true, help: "Only this group or model" },
    json: { type: "boolean", help: "Print JSON" },
  },
  example: "weir drill --policy-config policy-config.yaml",
  async run(args, io) {
    const loaded = loadOrTell(args, {}, io);
    if (loaded === null) return 2;
    const { config } = loaded;
    const [{ drillAll }, { drillRoutes }, report, { createContextGuard }] = await Promise.all([
      import("./drill/run.ts"),
      import("./drill/config.ts"),
      import("./drill/report.ts"),
      import("../lib/tokens/context-guard.ts"),
    ]);
    const all = drillRoutes(config);
    const only = listFlag(args, "route");
    const unknown = only.find((name) => !all.some((route) => route.name === name));
    if (unknown !== undefined) {
      const names = all.map(({ name }) => `"${visible(name)}"`).join(", ");
      throw usageError(`There is no route "${visible(unknown)}" in this configuration: there are ${names}`);
    }
    const json = hasFlag(args, "json");
    const style = styleFor(io.terminal.out, io.env);
    const done: RouteDrill[] = [];
    const guard = createContextGuard();
    if (!json) io.out(report.introText(config.providers.targets.length, style));
    try {
      await drillAll(config, guard, {
        routes: all.filter(({ name }) => only.length === 0 || only.includes(name)),
        onRoute(route) {
          done.push(route);
          if (!json) io.out(report.routeText(route, style));
        },
      });
    } finally {
      guard.close();
    }
    io.out(json ? `${JSON.stringify(report.reportJson(done), null, 2)}\n` : report.summaryText(done, style));
    return done.some(({ drills }) => drills.some(report.isFailure)) ? 1 : 0;
  },
};
