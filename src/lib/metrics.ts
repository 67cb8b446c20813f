import type { AttemptRecord, RequestEvent } from "../schema/event.ts";
import {
  type Counter,
  createRegistry,
  type FamilySpec,
  type GaugeReader,
  type Histogram,
  type MetricRegistry,
} from "./metric-registry.ts";

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
  /** All families in the Prometheus text format. */
  render(): string;
}

/** Boundaries of `gen_ai.client.operation.duration` (OpenTelemetry semantic conventions for generative AI metrics). */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
/** Boundaries of `gen_ai.client.token.usage` (same source). */
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
/** Boundaries of `gen_ai.server.time_to_first_token` (same source). */
const FIRST_TOKEN_SECONDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** `gen_ai.operation.name` of each endpoint; the well-known values of the conventions where there is one. */
const OPERATIONS: Readonly<Record<string, string>> = {
  chat: "chat",
  completions: "text_completion",
  fim: "text_completion",
  embeddings: "embeddings",
  moderations: "moderation",
};
/** `gen_ai.provider.name` where the well-known value differs from our provider's name. */
const PROVIDERS: Readonly<Record<string, string>> = { mistral: "mistral_ai" };

/**
 * Events are counted so many at a time, or when somebody looks: a quarter of the cost of counting each between two
 * requests, whose work leaves nothing of these tables in the processor's caches.
 */
const BATCH = 256;

const GEN_AI_LABELS = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"] as const;

/** Empty metrics; the `weir_*` families and, beside them, those of the OpenTelemetry GenAI conventions. */
export function createMetrics(): Metrics {
  const registry = createRegistry();
  const counter = (name: string, help: string, labels: readonly string[]): Counter =>
    registry.counter({ name, help, labels });
  const count = requestFamilies(registry, counter);
  const routes = counter("weir_http_requests_total", "Answers of all other routes", ["route", "method", "status"]);
  const breakers = counter("weir_breaker_transitions_total", "Changes of state of circuit breakers", [
    "target",
    "from",
    "to",
  ]);
  const probes = counter("weir_probe_runs_total", "Health probes by outcome (ok, failed)", ["target", "outcome"]);
  const recordGenAi = genAiFamilies((spec, bounds) => registry.histogram(spec, bounds));
  const pending: RequestEvent[] = [];
  const countAll = (): void => {
    for (const event of pending.splice(0)) {
      count(event);
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
    gauge: (spec, read) => registry.gauge(spec, read),
    render() {
      countAll();
      return registry.render();
    },
  };
}

/** The families of our own about model requests, and what one event adds to them. */
function requestFamilies(
  registry: MetricRegistry,
  counter: (name: string, help: string, labels: readonly string[]) => Counter,
): (event: RequestEvent) => void {
  const requests = counter("weir_requests_total", "Model requests by endpoint, status and the target that answered", [
    "endpoint",
    "status",
    "target",
  ]);
  const duration = registry.histogram(
    { name: "weir_request_duration_seconds", help: "Receipt to the last byte", labels: ["endpoint", "stream"] },
    SECONDS,
  );
  const firstToken = registry.histogram(
    { name: "weir_time_to_first_token_seconds", help: "Receipt to the first event of a stream", labels: ["endpoint"] },
    FIRST_TOKEN_SECONDS,
  );
  const tokens = counter("weir_tokens_total", "Tokens by kind and by where the count comes from", [
    "kind",
    "target",
    "basis",
  ]);
  const cost = counter("weir_cost_usd_total", "What calls to targets cost, by configured prices or list prices", [
    "target",
    "basis",
  ]);
  const errors = counter("weir_errors_total", "Requests that did not end well, by error code", ["endpoint", "code"]);
  const attempts = counter("weir_attempts_total", "Calls to targets by outcome", ["target", "outcome"]);
  const verdicts = counter("weir_policy_verdicts_total", "What policies said", ["policy", "phase", "verdict", "mode"]);
  return (event) => {
    const target = event.target ?? "";
    requests.add([event.endpoint, String(event.status), target]);
    duration.observe([event.endpoint, String(event.stream)], event.duration_ms / 1000);
    if (event.first_token_ms !== null) firstToken.observe([event.endpoint], event.first_token_ms / 1000);
    for (const [kind, amount] of tokenKinds(event)) {
      if (amount !== null && amount > 0) tokens.add([kind, target, event.usage.basis], amount);
    }
    if (event.outcome !== "ok") errors.add([event.endpoint, event.outcome]);
    for (const attempt of event.attempts) {
      attempts.add([attempt.target, attempt.outcome]);
      const paid = attempt.cost?.usd ?? 0;
      if (attempt.cost !== undefined && paid > 0) cost.add([attempt.target, attempt.cost.basis], paid);
    }
    for (const said of event.policies) verdicts.add([said.policy, said.phase, said.verdict, said.mode]);
  };
}

/** The families of the conventions: one observation per attempt, since each was a call to a model. */
function genAiFamilies(histogram: (spec: FamilySpec, bounds: readonly number[]) => Histogram) {
  const duration = histogram(
    {
      name: "gen_ai_client_operation_duration_seconds",
      help: "GenAI operation duration (gen_ai.client.operation.duration)",
      labels: [...GEN_AI_LABELS, "error_type"],
    },
    SECONDS,
  );
  const usage = histogram(
    {
      name: "gen_ai_client_token_usage",
      help: "Tokens per operation (gen_ai.client.token.usage)",
      labels: [...GEN_AI_LABELS, "gen_ai_token_type"],
    },
    TOKENS,
  );
  const firstToken = histogram(
    {
      name: "gen_ai_server_time_to_first_token_seconds",
      help: "Time to the first token (gen_ai.server.time_to_first_token)",
      labels: GEN_AI_LABELS,
    },
    FIRST_TOKEN_SECONDS,
  );
  return (event: RequestEvent): void => {
    for (const attempt of event.attempts) {
      const labels = genAiLabels(event.endpoint, attempt);
      const errorType = attempt.outcome === "ok" ? "" : attempt.outcome;
      duration.observe([...labels, errorType], (attempt.ended_ms - attempt.started_ms) / 1000);
      if (attempt.first_token_ms !== null) {
        firstToken.observe(labels, (attempt.first_token_ms - attempt.started_ms) / 1000);
      }
      const { prompt_tokens, completion_tokens } = attempt.usage;
      if (prompt_tokens !== null) usage.observe([...labels, "input"], prompt_tokens);
      if (completion_tokens !== null) usage.observe([...labels, "output"], completion_tokens);
    }
  };
}

function genAiLabels(endpoint: string, attempt: AttemptRecord): [string, string, string] {
  return [OPERATIONS[endpoint] ?? endpoint, PROVIDERS[attempt.provider] ?? attempt.provider, attempt.model];
}

function tokenKinds({ usage }: RequestEvent): [string, number | null][] {
  return [
    ["prompt", usage.prompt_tokens],
    ["completion", usage.completion_tokens],
    ["cached", usage.cached_tokens],
    ["reasoning", usage.reasoning_tokens],
  ];
}
