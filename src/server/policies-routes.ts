import { Value } from "@sinclair/typebox/value";
import { coverageRows } from "../config/coverage-rows.ts";
import { GatewayError } from "../lib/errors.ts";
import { BUCKET_MS } from "../lib/rollup.ts";
import type { Counted, PolicyKey } from "../lib/tallies.ts";
import { policies } from "../policies/index.ts";
import type { PolicyModule } from "../policies/policy.ts";
import { PlaygroundAnswer, PlaygroundAsk, PoliciesView } from "../schema/policies-view.ts";
import { accessBy } from "./events-routes.ts";
import type { LedgerFigures } from "./figures.ts";
import { RANGE, rangeOf } from "./figures-routes.ts";
import type { ServerOptions } from "./options.ts";
import { textOf } from "./request-text.ts";
import { json, type Route } from "./route.ts";

const MAX_BUCKETS = 120;

/** Bytes of a playground request: 32,000 characters, however they are escaped. */
const MAX_BYTES = 262_144;

/** Runs a text through the chain; nothing of it is kept. */
export function playgroundRoute({ runtime }: ServerOptions): Route {
  return {
    method: "POST",
    path: "/api/policies/playground",
    openAi: false,
    access: "admin",
    tag: "Admin",
    summary: "What each policy sees and says of a text; nothing of it is kept",
    body: { description: "A text, as of a user or of a model", schema: PlaygroundAsk },
    answer: { description: "The verdict, and each policy's", schema: PlaygroundAnswer },
    errors: ["invalid_json", "invalid_request", "request_too_large"],
    handle: async ({ request }) => json(await runtime.gateway.tryPolicies(askOf(await textOf(request, MAX_BYTES)))),
  };
}

function askOf(body: string): PlaygroundAsk {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // the parser's own message quotes the body
    throw new GatewayError("invalid_json", "The body is not one JSON object: give text, and side: request or answer");
  }
  const ask = { side: "request", ...(value as object) };
  const [fault] = Value.Errors(PlaygroundAsk, ask);
  if (fault === undefined) return ask as PlaygroundAsk;
  const param = fault.path.slice(1) || null;
  const message = `Cannot try ${param ?? "this"}: ${fault.message}; give text of 1 to 32000 characters, and side: request or answer`;
  throw new GatewayError("invalid_request", message, { param });
}

/** `/api/policies`: the chain in force, and what its policies said. */
export function policiesRoute({ runtime, clock, recordAccess }: ServerOptions, figures: LedgerFigures): Route {
  return {
    method: "GET",
    path: "/api/policies",
    openAi: false,
    access: "admin",
    tag: "Admin",
    summary: "The policies in force, and what they said over a stretch of time",
    parameters: RANGE,
    answer: { description: "Chain, totals and their course", schema: PoliciesView },
    errors: ["invalid_request"],
    handle: async (call) => {
      const range = rangeOf(call, clock.now());
      await recordAccess(accessBy(call, Object.fromEntries(call.query)));
      await figures.current();
      const { config } = runtime.gateway;
      const modules: Readonly<Record<string, PolicyModule>> = policies;
      const bucketMs = widthOf(range.until - range.since);
      const buckets = figures.tallies.policies(range.since, range.until);
      return json({
        ...range,
        covers_since: figures.sinceMs,
        chain: config.policies.chain.map((name) => ({
          policy: name,
          // a policy's own words for `mode` say how it judges
          mode: config.policy[name]?.mode === "monitor" ? "monitor" : "enforce",
          phases: modules[name]?.phases ?? [],
        })),
        coverage: coverageRows(config),
        totals: summed(buckets.flatMap(({ counts }) => counts)),
        bucket_ms: bucketMs,
        series: course(buckets, bucketMs),
      });
    },
  };
}

function widthOf(rangeMs: number): number {
  return Math.max(BUCKET_MS, Math.ceil(rangeMs / MAX_BUCKETS / BUCKET_MS) * BUCKET_MS);
}

type Bucket = { readonly at: number; readonly counts: readonly Counted<PolicyKey>[] };

function course(buckets: readonly Bucket[], widthMs: number): Bucket[] {
  const wide = new Map<number, Counted<PolicyKey>[]>();
  for (const { at, counts } of buckets) {
    const start = Math.floor(at / widthMs) * widthMs;
    wide.set(start, [...(wide.get(start) ?? []), ...counts]);
  }
  return [...wide].map(([at, counts]) => ({ at, counts: summed(counts) }));
}

function summed(counts: readonly Counted<PolicyKey>[]): Counted<PolicyKey>[] {
  const sums = new Map<string, Counted<PolicyKey>>();
  for (const { count, ...key } of counts) {
    const name = JSON.stringify([key.policy, key.verdict, key.mode]);
    sums.set(name, { ...key, count: count + (sums.get(name)?.count ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count);
}
