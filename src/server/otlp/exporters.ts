import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { ResourceMetrics } from "./metrics.ts";
import type { Span } from "./spans.ts";

/** Where to send, and what to send along. */
export interface Destination {
  /** Address of a collector, with or without the path of one of the two signals. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** OpenTelemetry's exporters of both signals. Both reject with why it could not be sent. */
export interface Exporters {
  traces(spans: Span[]): Promise<void>;
  metrics(metrics: ResourceMetrics): Promise<void>;
  close(): Promise<void>;
}

/** How long one sending may take, its retries included. */
const TIMEOUT_MS = 10_000;

type Result = { readonly code: number; readonly error?: Error };

/** OTLP over HTTP as JSON, by OpenTelemetry's own packages: retries with backoff, `Retry-After`, keep-alive. */
export function openExporters({ endpoint, headers }: Destination): Exporters {
  const base = endpoint.replace(/\/+$/, "").replace(/\/v1\/(traces|metrics)$/, "");
  const options = (path: string) => ({ url: base + path, headers: { ...headers }, timeoutMillis: TIMEOUT_MS });
  const traces = new OTLPTraceExporter(options("/v1/traces"));
  const metrics = new OTLPMetricExporter(options("/v1/metrics"));
  return {
    traces: (spans) => sent((done) => traces.export(spans, done)),
    metrics: (all) => sent((done) => metrics.export(all, done)),
    async close() {
      await Promise.all([traces.shutdown(), metrics.shutdown()]);
    },
  };
}

function sent(send: (done: (result: Result) => void) => void): Promise<void> {
  return new Promise((resolve, reject) =>
    send(({ code, error }) => (code === 0 ? resolve() : reject(error ?? new Error("it was refused")))),
  );
}
