/** Everything that is measured, in the order of the table. `digits` are decimals. */
export const FIGURES = {
  "cpu-1k": { label: "CPU per request, 1 KB prompt, 64 connections", unit: "µs", digits: 1 },
  "cpu-32k": { label: "CPU per request, 32 KB prompt, 64 connections", unit: "µs", digits: 1 },
  "rps-1k": { label: "requests per second, 1 KB", unit: "", digits: 0 },
  "rps-32k": { label: "requests per second, 32 KB", unit: "", digits: 0 },
  p50: { label: "latency p50 at a fixed 500 requests/s", unit: "ms", digits: 2 },
  p99: { label: "latency p99 at a fixed 500 requests/s", unit: "ms", digits: 2 },
  "cpu-chunk": { label: "CPU per streamed chunk, 10,000 chunks/s", unit: "µs", digits: 1 },
  "first-chunk": { label: "time to first chunk, p50", unit: "ms", digits: 2 },
  "cold-start": { label: "cold start to ready", unit: "ms", digits: 0 },
  "rss-rest": { label: "RSS at rest", unit: "MB", digits: 1 },
  "rss-stream": { label: "RSS per slow stream, 1,000 open", unit: "kB", digits: 1 },
  "abort-during": { label: "client abort → upstream abort, during the answer, worst of 20", unit: "ms", digits: 1 },
  "abort-before": { label: "client abort → upstream abort, before the answer, worst of 20", unit: "ms", digits: 1 },
  "rss-load": { label: "RSS after the load above", unit: "MB", digits: 1 },
  "rss-aborted": { label: "RSS after 2,000 aborted streams", unit: "MB", digits: 1 },
  "rss-slow-reader": { label: "RSS growth, reader stopped in a 57 MB stream", unit: "MB", digits: 1 },
  "routing-2": { label: "CPU of routing among 2 targets, beyond that of one, worst strategy", unit: "µs", digits: 1 },
  "routing-50": { label: "CPU of routing among 50 targets, beyond that of one, worst strategy", unit: "µs", digits: 1 },
  "decision-8": { label: "CPU of one carbon-aware decision among 8 regions", unit: "µs", digits: 2 },
  "grid-p50-quiet": { label: "latency p50 at a fixed 500 requests/s, no grid source asked", unit: "ms", digits: 2 },
  "grid-p50": { label: "latency p50 at a fixed 500 requests/s, all nine asked every second", unit: "ms", digits: 2 },
  "grid-p99-quiet": { label: "latency p99 at a fixed 500 requests/s, no grid source asked", unit: "ms", digits: 2 },
  "grid-p99": { label: "latency p99 at a fixed 500 requests/s, all nine asked every second", unit: "ms", digits: 2 },
  "chain-1k": { label: "CPU of four policies, 1 KB prompt and its answer", unit: "µs", digits: 0 },
  "chain-32k": { label: "CPU of four policies, 32 KB prompt and its answer", unit: "ms", digits: 2 },
  "redaction-mb": { label: "CPU of streaming redaction, one MB", unit: "ms", digits: 0 },
  "redaction-chunk": { label: "CPU per streamed chunk of redaction", unit: "µs", digits: 1 },
  "hostile-mb": { label: "CPU of four policies, worst of all kinds of hostile text, one MB", unit: "ms", digits: 0 },
  "hostile-loop": { label: "event loop kept at a time by it, worst kind", unit: "ms", digits: 1 },
  "receipt-1k": { label: "CPU of making and keeping a receipt, 1 KB request", unit: "µs", digits: 1 },
  "receipt-32k": { label: "CPU of making and keeping a receipt, 32 KB request", unit: "µs", digits: 1 },
  "failover-p99": { label: "added latency p99 when the first target refuses connections", unit: "ms", digits: 2 },
  "cut-streams": { label: "2,000 streams at once, 1 % cut by the upstream: ended", unit: "", digits: 0 },
  "cut-broken": {
    label: "2,000 streams at once, 1 % cut by the upstream: ended in an error event",
    unit: "",
    digits: 0,
  },
  "cut-short": { label: "2,000 streams at once, 1 % cut by the upstream: silently short or lost", unit: "", digits: 0 },
  "cut-rss": {
    label: "2,000 streams at once, 1 % cut by the upstream: RSS growth in ten minutes, middle fifth to last",
    unit: "MB",
    digits: 1,
  },
} as const satisfies Record<string, { readonly label: string; readonly unit: string; readonly digits: number }>;

export type Figure = keyof typeof FIGURES;

/** What one subject came to in one round. Infinity: it never happened. Absent: not measured. */
export type Sample = { readonly [K in Figure]?: number };

/** One round: all subjects, and what others did on the machine meanwhile (cores). */
export interface Round {
  readonly samples: ReadonlyMap<string, Sample>;
  readonly foreignCores: number;
}

/** The middle of some numbers (upper one of an even count); undefined for none. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The same; Infinity for none. */
export const middle = (values: readonly number[]): number => median(values) ?? Number.POSITIVE_INFINITY;

/** The median of each figure that any of the samples holds. */
export function medianSample(samples: readonly Sample[]): Sample {
  const figures = Object.keys(FIGURES) as Figure[];
  const middles = figures.map((figure) => {
    const values = samples.map((sample) => sample[figure]).filter((value) => value !== undefined);
    return [figure, median(values)] as const;
  });
  return Object.fromEntries(middles.filter(([, value]) => value !== undefined));
}
