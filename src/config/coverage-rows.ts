import { systemClock } from "../lib/clock.ts";
import type { JsonObject } from "../lib/json/json.ts";
import { oncePer } from "../lib/once.ts";
import { coverageOf } from "../policies/_coverage.ts";
import { policyNamed } from "../policies/_named.ts";
import { modeOf } from "../policies/policy.ts";
import type { CoverageRow } from "../schema/views/policies-view.ts";
import { chainsOf } from "./chains.ts";
import type { Config } from "./config.ts";

/**
 * One row for each policy of some chain, in the order in which the chains name them: what it does at each place. Made
 * once.
 */
export const coverageRows: (config: Config) => readonly CoverageRow[] = oncePer((config) => {
  const chains = chainsOf(config);
  // nothing is written by a ledger that is only there for policies that want one
  const services = { fetch, clock: { ...systemClock, after: () => () => {} }, ledger: { push: () => {} } };
  return [...new Set(chains.flatMap(({ chain }) => chain))].map((policy) => {
    const module = policyNamed(policy)!;
    const options = config.policy[policy]! as JsonObject;
    const mode = modeOf(options);
    const made = module.create(options, services);
    const coverage = coverageOf({ module, options, policy: made, mode });
    const within = chains.filter(({ chain }) => chain.some((name) => name === policy)).map(({ name }) => name);
    return { policy, mode, ...coverage, chains: within };
  });
});
