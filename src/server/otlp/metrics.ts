import type { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import type { FamilyReading, FamilySpec, Point } from "../../lib/metrics/registry.ts";
import { hrTime, type Resource } from "./spans.ts";

/** Metrics as OpenTelemetry's exporter takes them. */
export type ResourceMetrics = Parameters<OTLPMetricExporter["export"]>[0];
type Metric = ResourceMetrics["scopeMetrics"][number]["metrics"][number];

/** Numbers of OpenTelemetry's metrics SDK. */
const CUMULATIVE = 1;
const DOUBLE = 1;
const TYPE = { histogram: 0, gauge: 2, sum: 3 } as const;

/** Since when counters count, and until when; epoch milliseconds. */
export interface Span {
  readonly sinceMs: number;
  readonly nowMs: number;
}

/**
 * What Prometheus would read, as OTLP: the families of the GenAI conventions by their OpenTelemetry names, all others by
 * the names they have at `/metrics`. Families without a point are left out.
 */
export function metricsOf(families: readonly FamilyReading[], resource: Resource, span: Span): ResourceMetrics {
  const metrics = families.filter(({ points }) => points.length > 0).map((family) => metricOf(family, span));
  return { resource, scopeMetrics: [{ scope: { name: "weir" }, metrics }] };
}

function metricOf({ spec, type, bounds, points }: FamilyReading, { sinceMs, nowMs }: Span): Metric {
  const { name = spec.name, unit = unitOf(spec.name) } = spec.otel ?? {};
  const common = {
    descriptor: { name, unit, description: spec.help, valueType: DOUBLE },
    aggregationTemporality: CUMULATIVE,
  } as const;
  const times = { startTime: hrTime(type === "gauge" ? nowMs : sinceMs), endTime: hrTime(nowMs) };
  const values = points.filter((point): point is Extract<Point, { value: number }> => "value" in point);
  const numbers = values.map((point) => ({ ...times, attributes: attributesOf(spec, point), value: point.value }));
  if (type === "gauge") return { ...common, dataPointType: TYPE.gauge, dataPoints: numbers };
  if (type === "counter") return { ...common, dataPointType: TYPE.sum, isMonotonic: true, dataPoints: numbers };
  const counted = points.filter((point): point is Extract<Point, { sum: number }> => "sum" in point);
  const histograms = counted.map((point) => ({
    ...times,
    attributes: attributesOf(spec, point),
    value: {
      buckets: { boundaries: [...bounds], counts: [...point.buckets] },
      sum: point.sum,
      count: point.buckets.reduce((total, each) => total + each, 0),
    },
  }));
  return { ...common, dataPointType: TYPE.histogram, dataPoints: histograms };
}

/** Labels as attributes; in the conventions an attribute that does not apply is left out. */
function attributesOf({ labels, otel }: FamilySpec, point: Point): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [index, label] of labels.entries()) {
    const value = point.labels[index] ?? "";
    if (value === "") continue;
    attributes[otel === undefined ? label : OTEL_LABELS[label]!] = value;
  }
  return attributes;
}

const OTEL_LABELS: Readonly<Record<string, string>> = {
  gen_ai_operation_name: "gen_ai.operation.name",
  gen_ai_provider_name: "gen_ai.provider.name",
  gen_ai_request_model: "gen_ai.request.model",
  gen_ai_token_type: "gen_ai.token.type",
  error_type: "error.type",
};

/** The unit a name says (https://ucum.org); Prometheus writes it at the end. */
function unitOf(name: string): string {
  const [, unit] = /_(seconds|bytes|usd)(?:_total)?$/.exec(name) ?? [];
  if (unit === undefined) return "1";
  return { seconds: "s", bytes: "By", usd: "USD" }[unit]!;
}
