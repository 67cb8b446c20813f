import type { RequestEvent } from "../schema/event.ts";
import type { Counter, MetricRegistry } from "./metric-registry.ts";
import { FIRST_TOKEN_SECONDS, SECONDS } from "./metrics-gen-ai.ts";
import { mayCost } from "./sum-rows.ts";

type Count = (event: RequestEvent) => void;

/** The families of our own about model requests, and what one event adds to them. */
export function requestFamilies(registry: MetricRegistry): Count {
  const parts = [answers(registry), calls(registry), decisions(registry), consumers(registry)];
  return (event) => {
    for (const count of parts) count(event);
  };
}

/** What callers got. */
function answers(registry: MetricRegistry): Count {
  const requests = counterOf(
    registry,
    "weir_requests_total",
    "Model requests by endpoint, status and the target that answered",
    ["endpoint", "status", "target"],
  );
  const verdicts = counterOf(
    registry,
    "weir_request_verdicts_total",
    "Model requests by the strongest enforced verdict",
    ["endpoint", "verdict"],
  );
  const errors = counterOf(registry, "weir_errors_total", "Requests that did not end well, by error code", [
    "endpoint",
    "code",
  ]);
  const duration = registry.histogram(
    { name: "weir_request_duration_seconds", help: "Receipt to the last byte", labels: ["endpoint", "stream"] },
    SECONDS,
  );
  const firstToken = registry.histogram(
    { name: "weir_time_to_first_token_seconds", help: "Receipt to the first event of a stream", labels: ["endpoint"] },
    FIRST_TOKEN_SECONDS,
  );
  return (event) => {
    requests.add([event.endpoint, String(event.status), event.target ?? ""]);
    verdicts.add([event.endpoint, event.verdict]);
    if (event.outcome !== "ok") errors.add([event.endpoint, event.outcome]);
    duration.observe([event.endpoint, String(event.stream)], event.duration_ms / 1000);
    if (event.first_token_ms !== null) firstToken.observe([event.endpoint], event.first_token_ms / 1000);
  };
}

/** What targets were asked, and what it cost. */
function calls(registry: MetricRegistry): Count {
  const attempts = counterOf(registry, "weir_attempts_total", "Calls to targets by outcome", ["target", "outcome"]);
  const further = counterOf(
    registry,
    "weir_further_attempts_total",
    "Calls after the first of a request: retry, failover, hedge",
    ["target", "kind"],
  );
  const duration = registry.histogram(
    {
      name: "weir_attempt_duration_seconds",
      help: "Calls to targets, first byte sent to last byte read",
      labels: ["target"],
    },
    SECONDS,
  );
  const tokens = counterOf(registry, "weir_tokens_total", "Tokens by kind and by where the count comes from", [
    "kind",
    "target",
    "basis",
  ]);
  const cost = counterOf(
    registry,
    "weir_cost_usd_total",
    "What calls to targets cost, by configured prices or list prices",
    ["target", "basis"],
  );
  const unpriced = counterOf(
    registry,
    "weir_calls_of_unknown_cost_total",
    "Calls to targets whose cost is not known, and is not in weir_cost_usd_total",
    ["target"],
  );
  return (event) => {
    for (const [kind, amount] of tokenKinds(event)) {
      if (amount !== null && amount > 0) tokens.add([kind, event.target ?? "", event.usage.basis], amount);
    }
    for (const [place, attempt] of event.attempts.entries()) {
      attempts.add([attempt.target, attempt.outcome]);
      duration.observe([attempt.target], (attempt.ended_ms - attempt.started_ms) / 1000);
      if (place > 0) further.add([attempt.target, furtherKind(event, place)]);
      const paid = attempt.cost?.usd ?? 0;
      if (attempt.cost !== undefined && paid > 0) cost.add([attempt.target, attempt.cost.basis], paid);
      if ((attempt.cost?.usd ?? null) === null && mayCost(attempt)) unpriced.add([attempt.target]);
    }
  };
}

/** What policies and routing decided. */
function decisions(registry: MetricRegistry): Count {
  const verdicts = counterOf(registry, "weir_policy_verdicts_total", "What policies said", [
    "policy",
    "phase",
    "verdict",
    "mode",
  ]);
  const findings = counterOf(registry, "weir_policy_findings_total", "How many things policies found", [
    "policy",
    "phase",
    "mode",
  ]);
  const routes = counterOf(registry, "weir_routes_total", "Routing decisions by strategy and the target put first", [
    "strategy",
    "target",
  ]);
  const dropped = counterOf(
    registry,
    "weir_candidates_dropped_total",
    "Targets of a pool that a request could not go to",
    ["target"],
  );
  const degraded = counterOf(
    registry,
    "weir_degraded_requests_total",
    "Requests served with less than was configured",
    ["what"],
  );
  return (event) => {
    for (const said of event.policies) {
      verdicts.add([said.policy, said.phase, said.verdict, said.mode]);
      if (said.findings > 0) findings.add([said.policy, said.phase, said.mode], said.findings);
    }
    for (const what of event.degraded) degraded.add([what]);
    if (event.route === null) return;
    routes.add([event.route.strategy, event.route.order[0] ?? ""]);
    for (const { target, dropped: why } of event.route.candidates) if (why !== null) dropped.add([target]);
  };
}

/** Who asked. Consumers are of the configuration, so nobody outside can add one. */
function consumers(registry: MetricRegistry): Count {
  const requests = counterOf(registry, "weir_consumer_requests_total", "Model requests by consumer and outcome", [
    "consumer",
    "outcome",
  ]);
  const tokens = counterOf(registry, "weir_consumer_tokens_total", "Tokens by consumer", ["consumer", "kind"]);
  const cost = counterOf(registry, "weir_consumer_cost_usd_total", "What a consumer's requests cost", [
    "consumer",
    "basis",
  ]);
  return (event) => {
    const { consumer } = event;
    if (consumer === null) return;
    requests.add([consumer, event.outcome]);
    for (const [kind, amount] of tokenKinds(event)) {
      if (amount !== null && amount > 0) tokens.add([consumer, kind], amount);
    }
    const paid = event.cost?.usd ?? 0;
    if (event.cost !== undefined && paid > 0) cost.add([consumer, event.cost.basis], paid);
  };
}

function furtherKind({ attempts }: RequestEvent, place: number): "hedge" | "retry" | "failover" {
  const attempt = attempts[place]!;
  if (attempt.hedge === true) return "hedge";
  return attempts[place - 1]!.target === attempt.target ? "retry" : "failover";
}

function counterOf(registry: MetricRegistry, ...[name, help, labels]: [string, string, readonly string[]]): Counter {
  return registry.counter({ name, help, labels });
}

function tokenKinds({ usage }: RequestEvent): [string, number | null][] {
  return [
    ["prompt", usage.prompt_tokens],
    ["completion", usage.completion_tokens],
    ["cached", usage.cached_tokens],
    ["reasoning", usage.reasoning_tokens],
  ];
}
