import { byDefaultPath, sorted } from "./_orders.ts";
import { fallback } from "./fallback.ts";
import type { Strategy } from "./strategy.ts";

/**
 * The regions of `regions.default_path` in their order, then the others as configured: what is done where no strategy is
 * configured. Where a target of the pool has no region there is no such path, and this is {@link fallback}.
 */
export const defaultPath: Strategy<"default_path"> = {
  name: "default_path",
  summary: "Regions in the order of regions.default_path",
  aliases: [],
  pool: "any",
  uses: ["regions"],
  pick(eligible, context) {
    if (!context.regional) return fallback.pick(eligible, context);
    return {
      order: sorted(eligible, byDefaultPath),
      failover: true,
      because: "first on the default path",
      regions: { mode: "standard", reason: "default_region", leftOut: [] },
    };
  },
};
