import type { Config, ModelGroupConfig, StrategyName } from "../config/config.ts";
import { strategies } from "../routing/index.ts";
import type { Strategy } from "../routing/strategy.ts";
import type { Chain } from "./chain.ts";
import type { FallbackPool, ModelGroup, RouteTable } from "./route.ts";
import type { Pool } from "./route-pool.ts";
import { TurnCounters } from "./route-turns.ts";
import type { Target } from "./target.ts";

/** A strategy by its name in a configuration. */
export function strategyNamed(name: StrategyName): Strategy {
  return strategies[name];
}

/** What routing knows of a configuration. `chainOf` makes the chain of a list of policy kinds. */
export function createRouteTable(
  config: Config,
  targets: readonly Target[],
  chainOf: (kinds: Config["policies"]["chain"]) => Chain,
): RouteTable {
  const byId = new Map(targets.map((target) => [target.id, target]));
  const usual = strategyNamed(config.providers.strategy);
  const poolOf = (group: ModelGroupConfig): Pool => ({
    targets: group.targets.map((id) => byId.get(id)!),
    strategy: group.strategy === undefined ? usual : strategyNamed(group.strategy),
    turns: new TurnCounters(),
  });
  const groups = config.model_groups.map(
    (group): ModelGroup => ({
      ...poolOf(group),
      names: new Set([group.name, ...group.aliases]),
      chain: group.chain === undefined ? null : chainOf(group.chain),
      // with turns of its own: what this group sends there must not disturb whose turn it is for others
      fallbacks: fallbacksOf(group, config).map((other): FallbackPool => ({ ...poolOf(other), name: other.name })),
    }),
  );
  const names = targets.flatMap((target) => [target.model, ...target.models.keys(), target.id]);
  const { sticky_by: stickyBy = null, min_sample_count: minSampleCount, window_seconds } = config.providers.routing;
  return {
    targets,
    groups,
    strategy: usual,
    turns: new TurnCounters(),
    names: [...new Set([...groups.flatMap((group) => [...group.names]), ...names])],
    stickyBy,
    minSampleCount,
    windowMs: window_seconds * 1000,
  };
}

/** The groups a group falls back to, one after the other, each once. */
export function fallbacksOf(group: ModelGroupConfig, config: Config): readonly ModelGroupConfig[] {
  const found: ModelGroupConfig[] = [];
  for (let name = group.fallback_group; name !== undefined; name = found.at(-1)!.fallback_group) {
    const next = config.model_groups.find((other) => other.name === name || other.aliases.includes(name!));
    if (next === undefined || next === group || found.includes(next)) break;
    found.push(next);
  }
  return found;
}
