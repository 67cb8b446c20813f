import type { FamilyReading } from "../../lib/metrics/registry.ts";
import { code, type DocsPage, prose, table } from "./html.ts";

/** Every family of `/metrics`, as they are declared. */
export function metricsPage(families: () => readonly FamilyReading[]): DocsPage {
  return {
    path: "/docs/metrics",
    title: "Metrics",
    summary:
      "Every family of `GET /metrics`. With `telemetry.otlp` they are sent to a collector too, by their OpenTelemetry names where they have one. No label holds what a caller wrote; a family has at most 500 label sets, everything beyond counts as `other`.",
    body() {
      const rows = families().map(({ spec, type }) => ({
        id: spec.name,
        cells: [
          code(spec.name),
          code(type),
          spec.labels.map(code).join(" ") || "–",
          spec.otel === undefined ? "–" : code(`${spec.otel.name} (${spec.otel.unit})`),
          prose(spec.help),
        ],
      }));
      return table(["metric", "type", "labels", "OpenTelemetry", "meaning"], rows);
    },
  };
}
