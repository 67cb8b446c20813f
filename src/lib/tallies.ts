import type { RequestEvent } from "../schema/event.ts";
import { BUCKET_MS } from "./rollup.ts";

/** How far back counts are kept: as long as the sums over requests. */
const KEPT_BUCKETS = (8 * 86_400_000) / BUCKET_MS;
/** Different counts in one bucket; what comes beyond them is not counted apart. */
const MAX_KEYS = 512;

/** What a policy said, as it is counted. */
export interface PolicyKey {
  readonly policy: string;
  readonly verdict: string;
  readonly mode: string;
}

/** Where a request went by region and why, as it is counted. */
export interface DecisionKey {
  readonly mode: string;
  readonly reason: string;
  readonly region: string | null;
}

/** A key and how often it came. */
export type Counted<Key> = Key & { readonly count: number };

type Bucket = Map<string, number>;

/** Counts of verdicts by policy and of decisions by region, by five minutes, bounded in time and in number. */
export class Tallies {
  readonly #policies = new Map<number, Bucket>();
  readonly #decisions = new Map<number, Bucket>();

  /** Counts one request in. */
  add({ at, policies, routing_trace: trace }: RequestEvent): void {
    const start = Math.floor(at / BUCKET_MS) * BUCKET_MS;
    for (const { policy, verdict, mode } of policies) count(this.#policies, start, { policy, verdict, mode });
    if (trace == null) return;
    count(this.#decisions, start, { mode: trace.decision_mode, reason: trace.decision_reason, region: trace.region });
  }

  /** Verdicts by policy in a stretch of time, by bucket, oldest first. */
  policies(sinceMs: number, untilMs: number): { readonly at: number; readonly counts: Counted<PolicyKey>[] }[] {
    return read<PolicyKey>(this.#policies, sinceMs, untilMs);
  }

  /** Decisions in a stretch of time, by bucket, oldest first. */
  decisions(sinceMs: number, untilMs: number): { readonly at: number; readonly counts: Counted<DecisionKey>[] }[] {
    return read<DecisionKey>(this.#decisions, sinceMs, untilMs);
  }
}

function count(buckets: Map<number, Bucket>, at: number, key: PolicyKey | DecisionKey): void {
  let bucket = buckets.get(at);
  if (bucket === undefined) {
    bucket = new Map();
    buckets.set(at, bucket);
    if (buckets.size > KEPT_BUCKETS) buckets.delete(Math.min(...buckets.keys()));
  }
  const text = JSON.stringify(key);
  const before = bucket.get(text);
  if (before !== undefined || bucket.size < MAX_KEYS) bucket.set(text, (before ?? 0) + 1);
}

function read<Key>(buckets: Map<number, Bucket>, sinceMs: number, untilMs: number) {
  return [...buckets]
    .filter(([at]) => at + BUCKET_MS > sinceMs && at <= untilMs)
    .sort(([a], [b]) => a - b)
    .map(([at, bucket]) => ({
      at,
      counts: [...bucket].map(([key, times]) => ({ ...(JSON.parse(key) as Key), count: times })),
    }));
}
