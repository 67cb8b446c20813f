import { addValues, BUCKET_MS, type SumKind, type SumRow } from "./sum-rows.ts";

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

/** Where an attempt that failed was made, and for whom; in the order of `DIMENSIONS`. */
export interface FailureKey {
  readonly names: readonly string[];
}

/** What answers of a target scored. */
export interface Scored {
  readonly target: string;
  readonly model: string;
  readonly answers: number;
  /** Sum of their scores, millionths. */
  readonly micro: number;
  /** Answers that a policy found wanting. */
  readonly failed: number;
}

/** A key and how often it came. */
export type Counted<Key> = Key & { readonly count: number };

/** Counts of the same key added up, the most frequent first. Keys are the same whose members are, in the same order. */
export function summed<Key extends object>(counts: readonly Counted<Key>[]): Counted<Key>[] {
  const sums = new Map<string, Counted<Key>>();
  for (const each of counts) {
    const { count, ...key } = each;
    const name = JSON.stringify(key);
    sums.set(name, { ...each, count: count + (sums.get(name)?.count ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count);
}

/** What was counted in one bucket of time. */
export interface Bucket<Key> {
  readonly at: number;
  readonly counts: Counted<Key>[];
}

/** Counts by time of what policies and regions decided and of attempts that failed, and what answers scored. */
export class Tallies {
  readonly #rows: SumRow[] = [];

  /** Takes rows, which come in order of time; sums over requests are left alone. */
  add(rows: readonly SumRow[]): void {
    for (const row of rows) if (row.kind !== "requests" && row.kind !== "total") this.#rows.push(row);
  }

  /** Verdicts by policy in a stretch of time, by bucket, oldest first. */
  policies(sinceMs: number, untilMs: number): Bucket<PolicyKey>[] {
    return this.#read("policy", { sinceMs, untilMs }, ([policy, verdict, mode]) => ({
      policy: policy ?? "",
      verdict: verdict ?? "",
      mode: mode ?? "",
    }));
  }

  /** Decisions in a stretch of time, by bucket, oldest first. */
  decisions(sinceMs: number, untilMs: number): Bucket<DecisionKey>[] {
    return this.#read("decision", { sinceMs, untilMs }, ([mode, reason, region = null]) => ({
      mode: mode ?? "",
      reason: reason ?? "",
      region,
    }));
  }

  /** Attempts that failed in a stretch of time, by bucket, oldest first. */
  failures(sinceMs: number, untilMs: number): Bucket<FailureKey>[] {
    return this.#read("failure", { sinceMs, untilMs }, (names) => ({ names: names.map((name) => name ?? "") }));
  }

  /** What the answers of a stretch of time scored, by target and model. */
  quality(sinceMs: number, untilMs: number): Scored[] {
    const sums = new Map<string, number[]>();
    for (const { at, kind, key, values } of this.#rows) {
      if (kind !== "quality" || at + BUCKET_MS <= sinceMs || at > untilMs) continue;
      const sum = sums.get(key) ?? [];
      sums.set(key, sum);
      addValues(sum, values);
    }
    return [...sums].map(([key, [answers = 0, micro = 0, failed = 0]]) => {
      const [, target = "", model = ""] = JSON.parse(key) as readonly string[];
      return { target, model, answers, micro, failed };
    });
  }

  #read<Key>(
    kind: SumKind,
    { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
    named: (names: readonly (string | null)[]) => Key,
  ): Bucket<Key>[] {
    const buckets = new Map<number, Bucket<Key>>();
    for (const { at, kind: own, key, values } of this.#rows) {
      if (own !== kind || at + BUCKET_MS <= sinceMs || at > untilMs) continue;
      const bucket = buckets.get(at) ?? { at, counts: [] };
      buckets.set(at, bucket);
      bucket.counts.push({ ...named(JSON.parse(key) as readonly (string | null)[]), count: values[0] ?? 0 });
    }
    return [...buckets.values()];
  }
}
