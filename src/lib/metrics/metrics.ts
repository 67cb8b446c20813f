import type { RequestEvent } from "../../schema/event.ts";
import { carbonFamilies } from "./carbon.ts";
import { genAiFamilies } from "./gen-ai.ts";
import { createRegistry, type FamilyReading, type FamilySpec, type GaugeReader } from "./registry.ts";
import { requestFamilies } from "./requests.ts";

/** What one process counts. */
export interface Metrics {
  /** Counts one finished model request; called once per request, after the answer. */
  record(event: RequestEvent): void;
  /** Counts one answer of any other route, by the route's template rather than the path. */
  recordRoute(route: string, method: string, status: number): void;
  /** Counts one change of state of a target's circuit breaker. */
  breakerChanged(target: string, change: { readonly from: string; readonly to: string }): void;
  /** Counts one health probe. */
  probed(target: string, ok: boolean): void;
  /** Adds a gauge that is read at every scrape. */
  gauge(spec: FamilySpec, read: GaugeReader): void;
  /** The same for a counter that somebody else keeps. */
  total(spec: FamilySpec, read: GaugeReader): void;
  /** Counts one reload of the configuration. */
  reloaded(ok: boolean): void;
  /** All families as values, for exporters. */
  read(): FamilyReading[];
  /** All families in the Prometheus text format. */
  render(): string;
}

/**
 * Events are counted so many at a time, or when somebody looks: a quarter of the cost of counting each between two
 * requests, whose work leaves nothing of these tables in the processor's caches.
 */
const BATCH = 256;

/** Empty metrics; the `weir_*` families and, beside them, those of the OpenTelemetry GenAI conventions. */
export function createMetrics(): Metrics {
  const registry = createRegistry();
  const count = requestFamilies(registry);
  const countCarbon = carbonFamilies(registry);
  const routes = registry.counter({
    name: "weir_http_requests_total",
    help: "Answers of all other routes",
    labels: ["route", "method", "status"],
  });
  const breakers = registry.counter({
    name: "weir_breaker_transitions_total",
    help: "Changes of state of circuit breakers",
    labels: ["target", "from", "to"],
  });
  const probes = registry.counter({
    name: "weir_probe_runs_total",
    help: "Health probes by outcome (ok, failed)",
    labels: ["target", "outcome"],
  });
  const reloads = registry.counter({
    name: "weir_config_reloads_total",
    help: "Reloads of the configuration (ok, refused)",
    labels: ["result"],
  });
  const recordGenAi = genAiFamilies(registry);
  const pending: RequestEvent[] = [];
  const countAll = (): void => {
    for (const event of pending.splice(0)) {
      count(event);
      countCarbon(event);
      recordGenAi(event);
    }
  };
  return {
    record(event) {
      pending.push(event);
      if (pending.length >= BATCH) countAll();
    },
    recordRoute: (route, method, status) => routes.add([route, method, String(status)]),
    breakerChanged: (target, { from, to }) => breakers.add([target, from, to]),
    probed: (target, ok) => probes.add([target, ok ? "ok" : "failed"]),
    gauge: registry.gauge,
    total: registry.total,
    reloaded: (ok) => reloads.add([ok ? "ok" : "refused"]),
    read() {
      countAll();
      return registry.read();
    },
    render() {
      countAll();
      return registry.render();
    },
  };
}
