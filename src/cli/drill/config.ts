import type { Config } from "../../config/config.ts";
import type { strategies } from "../../routing/index.ts";
import { simulatedTarget, withoutLimits } from "../_simulated-target.ts";

/** Policies that judge who asks: in a drill nobody in particular does. */
const JUDGES_CALLERS = new Set(["rbac"]);

/** One name that callers ask for, and who answers to it. */
export interface DrillRoute {
  readonly name: string;
  readonly strategy: keyof typeof strategies;
}

/** Every group, and every model of a target that no group is named after. */
export function drillRoutes({ providers, model_groups: groups }: Config): readonly DrillRoute[] {
  const named = groups.map(({ name, strategy = providers.strategy }) => ({ name, strategy }));
  const taken = new Set(groups.flatMap(({ name, aliases }) => [name, ...aliases]));
  const models = new Set(providers.targets.map(({ model }) => model).filter((model) => !taken.has(model)));
  return [...named, ...[...models].map((name) => ({ name, strategy: providers.strategy }))];
}

/** Every model that may be named in an answer. */
export function drillModels({ providers }: Config): readonly string[] {
  return [
    ...new Set(providers.targets.flatMap(({ model, models }) => [model, ...models.map(({ upstream }) => upstream)])),
  ];
}

/**
 * The user's configuration with simulated upstreams in the place of its targets: the same groups, strategies, weights,
 * timeouts, retries and breakers, other addresses, no keys, no headers of their own. Callers, limits and budgets are
 * left out, since they decide about callers and not about faults; a backoff has its mean length, so that two drills of
 * one configuration say the same.
 */
export function drillConfig(config: Config, urlOf: (target: string) => string): Config {
  const { consumers: _, ...kept } = withoutLimits(config);
  const { providers } = config;
  const judged = <Kind extends string>(chain: readonly Kind[]): Kind[] =>
    chain.filter((kind) => !JUDGES_CALLERS.has(kind));
  return {
    ...kept,
    pack: { ...config.pack, enabled: true },
    policies: { ...config.policies, chain: judged(config.policies.chain) },
    model_groups: config.model_groups.map((group) => {
      return group.chain === undefined ? group : { ...group, chain: judged(group.chain) };
    }),
    providers: {
      ...providers,
      retry: { ...providers.retry, jitter: 0 },
      targets: providers.targets.map((target) => simulatedTarget(target, urlOf(target.id))),
    },
  };
}
