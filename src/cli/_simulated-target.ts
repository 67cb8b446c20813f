import type { Config, ProviderName, TargetConfig } from "../config/config.ts";
import type { Env } from "../gateway/targets/make-target.ts";

/** The variable that every target's key is read from. */
const KEY = "WEIR_SIMULATED_KEY";
/** The environment of simulated targets: no key of the user's is in it. */
export const SIMULATED_ENV: Env = { [KEY]: "simulated" };

/** Provider files whose wire format the simulated upstreams speak; other targets are asked in OpenAI's. */
const SPOKEN: readonly ProviderName[] = ["mistral", "openai", "openai-compatible"];

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
