import type { Config } from "../config/config.ts";
import { type GridPlan, gridPlans } from "../config/grid-plans.ts";
import { nearest } from "../lib/nearest.ts";
import type { Command } from "./command.ts";
import { GridWatch } from "./grid/watch.ts";
import { usageError } from "./terminal/arguments.ts";
import { loadOrTell, POLICY_CONFIG_FLAG } from "./terminal/config-source.ts";
import { hasFlag } from "./terminal/flags.ts";

/** `weir grid watch`: asks the configured sources and shows the signals as they come. */
export const gridWatch: Command<"grid watch"> = {
  name: "grid watch",
  summary: "Show the grids' current signals, with age and class",
  positionals: "[ZONE…]",
  options: {
    ...POLICY_CONFIG_FLAG,
    once: { type: "boolean", help: "Ask every source once, print, and end" },
    json: { type: "boolean", help: "Print JSON, a line for each zone whenever its signal changes" },
  },
  example: "weir grid watch FR SE-SE3 IS --policy-config policy-config.yaml",
  async run(args, io) {
    const loaded = loadOrTell(args, {}, io);
    if (loaded === null) return 2;
    const plans = chosen(loaded.config, args.positionals);
    if (plans.length === 0) {
      io.err("There is nothing to watch: carbon.sources lists no source, or none that knows these zones.\n");
      return 1;
    }
    const watch = new GridWatch(loaded.config, plans, io);
    return watch.run({ once: hasFlag(args, "once"), json: hasFlag(args, "json") });
  },
};

/** The sources with the zones that were asked for; all of them where none was named. Throws for a zone nobody knows. */
function chosen(config: Config, zones: readonly string[]): readonly GridPlan[] {
  const plans = gridPlans(config);
  if (zones.length === 0) return plans;
  const known = [...new Set(plans.flatMap((plan) => plan.zones))];
  for (const zone of zones)
    if (!known.includes(zone)) {
      const near = nearest(zone, known);
      const hint = near === undefined ? "" : ` Did you mean ${near}?`;
      const list = known.length === 0 ? "none" : known.join(", ");
      throw usageError(`No source of this configuration is asked for the zone "${zone}"; zones: ${list}.${hint}`);
    }
  return plans.flatMap((plan) => {
    const wanted = plan.zones.filter((zone) => zones.includes(zone));
    return wanted.length === 0 ? [] : [{ ...plan, zones: wanted }];
  });
}
