import type { Config, ModelGroupConfig } from "../../config/config.ts";
import { strategies } from "../../routing/index.ts";
import type { Strategy } from "../../routing/strategy.ts";
import type { RegionRules } from "../carbon/regions.ts";
import type { Chain } from "../chain/chain-api.ts";
import type { Target } from "../targets/target.ts";
import type { RegionMemory } from "./current-regions.ts";
import type { Pool } from "./pool.ts";
import type { ModelGroup, RouteTable } from "./route.ts";
import { TurnCounters } from "./turns.ts";

/** What routing is made of besides the configuration. */
export interface TableParts {
  readonly targets: readonly Target[];
  readonly regions: RegionRules;
  /** Makes the chain of a list of policy kinds. */
  readonly chainOf: (kinds: Config["policies"]["chain"]) => Chain;
  /** Where pools went last by carbon intensity. */
  readonly current: RegionMemory;
  /** How many gateways of this process route beside each other; 1 if absent. */
  readonly workers?: number | undefined;
  /** The table before a reload: pools of the same name go on with their turns. */
  readonly before?: RouteTable | undefined;
}

/** What routing knows of a configuration. */
export function createRouteTable(config: Config, parts: TableParts): RouteTable {
  const { targets, regions, chainOf, current, workers = 1, before } = parts;
  const byId = new Map(targets.map((target) => [target.id, target]));
  const usual: Strategy = strategies[config.providers.strategy];
  const pool = (
    was: Pool | undefined,
    { name, targets, strategy }: Pick<Pool, "name" | "targets" | "strategy">,
  ): Pool => {
    const regional = targets.every(({ place }) => place !== null);
    return { name, targets, regional, strategy, turns: was?.turns ?? new TurnCounters() };
  };
  const poolOf = (group: ModelGroupConfig, known: readonly Pool[] | undefined): Pool => {
    const strategy = group.strategy === undefined ? usual : strategies[group.strategy];
    const members = group.targets.map((id) => byId.get(id)!);
    return pool(
      known?.find(({ name }) => name === group.name),
      { name: group.name, targets: members, strategy },
    );
  };
  const groups = config.model_groups.map(
    (group): ModelGroup => ({
      ...poolOf(group, before?.groups),
      names: new Set([group.name, ...group.aliases]),
      chain: group.chain === undefined ? null : chainOf(group.chain),
      // with turns of its own: what this group sends there must not disturb whose turn it is for others
      fallbacks: fallbacksOf(group, config).map((each) =>
        poolOf(each, before?.groups.find(({ name }) => name === group.name)?.fallbacks),
      ),
    }),
  );
  const names = targets.flatMap((target) => [target.model, ...target.models.keys(), target.id]);
  const { sticky_by: stickyBy = null, min_sample_count: minSampleCount, window_seconds } = config.providers.routing;
  return {
    ...pool(before, { name: "", targets, strategy: usual }),
    groups,
    regionRules: regions,
    regions: targets.some(({ place }) => place !== null),
    latencyBudgetMs: config.providers.routing.latency_budget_ms ?? null,
    current,
    names: [...new Set([...groups.flatMap((group) => [...group.names]), ...names])],
    stickyBy,
    minSampleCount,
    explorers: workers,
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
