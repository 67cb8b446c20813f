import type { Config, ProviderName, TargetConfig } from "../../config/config.ts";
import type { Env } from "../../gateway/targets/make-target.ts";
import type { strategies } from "../../routing/index.ts";

/** The variable that every target's key is read from in a drill. */
const KEY = "WEIR_DRILL_KEY";
/** The environment of a drill: no key of the user's is in it. */
export const DRILL_ENV: Env = { [KEY]: "drill" };

/** Provider files whose wire format the simulated upstreams speak; other targets are asked in OpenAI's. */
const SPOKEN: readonly ProviderName[] = ["mistral", "openai", "openai-compatible"];

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

/** A configuration without its own limits and budgets; those of consumers stay. */
export function withoutLimits(config: Config): Omit<Config, "budgets" | `${string}_rate_limit`> {
  const { budgets: _b, ip_rate_limit: _i, user_rate_limit: _u, ...rest } = config;
  const { global_rate_limit: _g, token_rate_limit: _t, ...kept } = rest;
  return kept;
}

/** A target with a simulated upstream at `url` in its place: no key of the user's, no headers, no proxy, no faults. */
export function simulatedTarget(target: TargetConfig, url: string): TargetConfig {
  const { faults: _f, tokens_per_second: _t, health_probe: _h, proxy: _p, ...kept } = target;
  return {
    ...kept,
    provider_type: SPOKEN.includes(target.provider_type) ? target.provider_type : "openai-compatible",
    base_url: url,
    secret_key_ref: { env: KEY },
    headers: {},
  };
}
