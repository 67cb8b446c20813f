/** A span as OTLP over HTTP writes it in JSON. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events: readonly { readonly name: string }[];
}

/** A metric in the same form. */
export interface SentMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly { readonly asDouble: number }[] };
  readonly gauge?: { readonly dataPoints: readonly object[] };
  readonly histogram?: {
    readonly dataPoints: readonly {
      readonly count: number;
      readonly bucketCounts: readonly number[];
      readonly explicitBounds: readonly number[];
      readonly attributes: SentSpan["attributes"];
    }[];
  };
}

/** An OTLP receiver on a port of its own that keeps what it got. */
export interface Collector extends Disposable {
  readonly url: string;
  readonly spans: readonly SentSpan[];
  readonly metrics: readonly SentMetric[];
  /** Headers of every sending. */
  readonly headers: readonly Headers[];
  /** Everything it got, as text. */
  readonly text: () => string;
  /** Resolves when it has what is asked for. */
  until(holds: (collector: Collector) => boolean): Promise<void>;
}

interface Body {
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[] }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly SentMetric[] }[];
  }[];
}

/** Starts one; `status` is what it answers. */
export function startCollector(status = 200): Collector {
  const spans: SentSpan[] = [];
  const metrics: SentMetric[] = [];
  const headers: Headers[] = [];
  const texts: string[] = [];
  const watchers = new Set<() => void>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const text = await request.text();
      texts.push(text);
      headers.push(request.headers);
      const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(text) as Body;
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      metrics.push(...resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics)));
      for (const watcher of watchers) watcher();
      return Response.json({}, { status });
    },
  });
  const collector: Collector = {
    url: `http://127.0.0.1:${server.port}`,
    spans,
    metrics,
    headers,
    text: () => texts.join("\n"),
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds(collector)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    [Symbol.dispose]: () => void server.stop(true),
  };
  return collector;
}

/** The attributes of a span as an object. */
export function attributesOf({ attributes }: Pick<SentSpan, "attributes">): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
