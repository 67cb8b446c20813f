import { chainsOf } from "../../config/chains.ts";
import { coverageRows } from "../../config/coverage-rows.ts";
import { type Counted, type PolicyKey, summed } from "../../lib/sums/tallies.ts";
import { policyNamed } from "../../policies/_named.ts";
import { modeOf } from "../../policies/policy.ts";
import { PoliciesView } from "../../schema/views/policies-view.ts";
import type { ServerOptions } from "../options.ts";
import { json, type Route } from "../route.ts";
import { figuresOf } from "./figures.ts";
import { ADMIN, accessBy } from "./route-facts.ts";
import { RANGE, rangeOf, stepOf } from "./time-range.ts";

/** `/api/policies`: the chain in force, and what its policies said. */
export function policiesRoute({ runtime, ledger, clock, recordAccess }: ServerOptions): Route {
  return {
    ...ADMIN,
    method: "GET",
    path: "/api/policies",
    summary: "The policies in force, and what they said over a stretch of time",
    parameters: RANGE,
    answer: { description: "Chain, totals and their course", schema: PoliciesView },
    errors: ["invalid_request"],
    handle: async (call) => {
      const range = rangeOf(call, clock.now());
      await recordAccess(accessBy(call));
      const figures = await figuresOf(ledger, { ...range, kinds: ["policy"] });
      const { config } = runtime.gateway;
      const bucketMs = stepOf(range, clock.now());
      const buckets = figures.tallies.policies(range.since, range.until);
      return json({
        ...range,
        covers_since: figures.sinceMs,
        chain: config.policies.chain.map((name) => ({
          policy: name,
          mode: modeOf(config.policy[name] ?? {}),
          phases: policyNamed(name)?.phases ?? [],
        })),
        chains: chainsOf(config).map(({ name, chain }) => ({ name, policies: chain })),
        coverage: coverageRows(config),
        totals: summed(buckets.flatMap(({ counts }) => counts)),
        bucket_ms: bucketMs,
        series: course(buckets, bucketMs),
      });
    },
  };
}

type Bucket = { readonly at: number; readonly counts: readonly Counted<PolicyKey>[] };

function course(buckets: readonly Bucket[], widthMs: number): Bucket[] {
  const wide = Map.groupBy(buckets, ({ at }) => Math.floor(at / widthMs) * widthMs);
  return Array.from(wide, ([at, parts]) => ({ at, counts: summed(parts.flatMap(({ counts }) => counts)) }));
}
