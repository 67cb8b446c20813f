import type { Gateway, Runtime, TargetView } from "../../gateway/gateway-api.ts";
import { KEPT_CHANGES } from "../../gateway/targets/target-watch.ts";
import { tenths } from "../../lib/tenths.ts";
import type { WorkerReport } from "./messages.ts";

/** The workers, as far as a runtime shows them. */
export interface Workers {
  readonly pool: { readonly reports: readonly WorkerReport[] };
  /** Resolves when a new configuration is in force everywhere. */
  configured(): Promise<void>;
}

/** The runtime of the main thread with what its workers do added: what the admin API, health and metrics show. */
export function pooledRuntime(runtime: Runtime, workers: Workers): Runtime {
  return {
    get gateway() {
      return pooledGateway(runtime.gateway, workers.pool.reports);
    },
    get ledger() {
      return runtime.ledger;
    },
    get loadedAtMs() {
      return runtime.loadedAtMs;
    },
    get lastReloadErrors() {
      return runtime.lastReloadErrors;
    },
    async reload() {
      const result = await runtime.reload();
      await workers.configured();
      return result;
    },
  };
}

function pooledGateway(own: Gateway, reports: readonly WorkerReport[]): Gateway {
  const sum = (of: (report: WorkerReport) => number): number => reports.reduce((total, each) => total + of(each), 0);
  return {
    config: own.config,
    configHash: own.configHash,
    answer: (endpoint, request, caller) => own.answer(endpoint, request, caller),
    targets: () => own.targets().map((view) => merged(view, reports)),
    tryPolicies: (ask) => own.tryPolicies(ask),
    models: (headers) => own.models(headers),
    consumer: (headers) => own.consumer(headers),
    regions: (headers, targets) => own.regions(headers, targets ?? own.targets().map((view) => merged(view, reports))),
    spending: () => own.spending(),
    probes: () => own.probes(),
    readiness: () => own.readiness(),
    inFlight: () => own.inFlight() + sum(({ inFlight }) => inFlight),
    queued: () => own.queued() + sum(({ queued }) => queued),
    drained: () => own.drained(),
    cut: () => own.cut(),
  };
}

/** One target: what is counted is added up, what is known to all (breaker, probes) is the main thread's. */
function merged(view: TargetView, reports: readonly WorkerReport[]): TargetView {
  const all = [view, ...reports.flatMap(({ targets }) => targets.filter(({ id }) => id === view.id))];
  const sum = (of: (each: TargetView) => number): number => all.reduce((total, each) => total + of(each), 0);
  const lastSuccess = Math.max(...all.map((each) => each.last_success_at ?? 0));
  // saturated is what each says of itself
  const reason = view.reason ?? all.find((each) => each.reason === "saturated")?.reason ?? null;
  const inFlight = sum((each) => each.in_flight);
  const history = all.flatMap(({ breaker }) => breaker.history).sort((a, b) => b.at - a.at);
  return {
    ...view,
    available: reason === null,
    reason,
    in_flight: inFlight,
    saturation: view.max_in_flight === null ? null : inFlight / view.max_in_flight,
    speed: {
      answer_ms: meanOf(all, ({ answer_ms }) => answer_ms),
      first_token_ms: meanOf(all, ({ first_token_ms }) => first_token_ms),
      tokens_per_second: meanOf(all, ({ tokens_per_second }) => tokens_per_second),
    },
    breaker: { ...view.breaker, history: history.slice(0, KEPT_CHANGES) },
    requests: sum((each) => each.requests),
    failures: sum((each) => each.failures),
    last_error: all.findLast((each) => each.last_error !== null)?.last_error ?? null,
    last_success_at: lastSuccess === 0 ? null : lastSuccess,
  };
}

/** The mean of those that know, by how much each has been asked. */
function meanOf(all: readonly TargetView[], of: (speed: TargetView["speed"]) => number | null): number | null {
  let weight = 0;
  let sum = 0;
  for (const { speed, requests } of all) {
    const value = of(speed);
    if (value === null) continue;
    weight += requests;
    sum += value * requests;
  }
  return weight === 0 ? null : tenths(sum / weight);
}
