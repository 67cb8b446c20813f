import type { RequestEvent } from "../../schema/event.ts";
import { mayCost } from "../sums/sum-rows.ts";
import { FIRST_TOKEN_SECONDS, SECONDS } from "./gen-ai.ts";
import type { MetricRegistry } from "./registry.ts";

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
  const requests = registry.counter({
    name: "weir_requests_total",
    help: "Model requests by endpoint, status and the target that answered",
    labels: ["endpoint", "status", "target"],
  });
  const verdicts = registry.counter({
    name: "weir_request_verdicts_total",
    help: "Model requests by the strongest enforced verdict",
    labels: ["endpoint", "verdict"],
  });
  const errors = registry.counter({
    name: "weir_errors_total",
    help: "Requests that did not end well, by error code",
    labels: ["endpoint", "code"],
  });
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
  const attempts = registry.counter({
    name: "weir_attempts_total",
    help: "Calls to targets by outcome",
    labels: ["target", "outcome"],
  });
  const further = registry.counter({
    name: "weir_further_attempts_total",
    help: "Calls after the first of a request: retry, failover, hedge",
    labels: ["target", "kind"],
  });
  const duration = registry.histogram(
    {
      name: "weir_attempt_duration_seconds",
      help: "Calls to targets, first byte sent to last byte read",
      labels: ["target"],
    },
    SECONDS,
  );
  const tokens = registry.counter({
    name: "weir_tokens_total",
    help: "Tokens by kind and by where the count comes from",
    labels: ["kind", "target", "basis"],
  });
  const cost = registry.counter({
    name: "weir_cost_usd_total",
    help: "What calls to targets cost, by configured prices or list prices",
    labels: ["target", "basis"],
  });
  const unpriced = registry.counter({
    name: "weir_calls_of_unknown_cost_total",
    help: "Calls to targets whose cost is not known, and is not in weir_cost_usd_total",
    labels: ["target"],
  });
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
  const verdicts = registry.counter({
    name: "weir_policy_verdicts_total",
    help: "What policies said",
    labels: ["policy", "phase", "verdict", "mode"],
  });
  const findings = registry.counter({
    name: "weir_policy_findings_total",
    help: "How many things policies found",
    labels: ["policy", "phase", "mode"],
  });
  const routes = registry.counter({
    name: "weir_routes_total",
    help: "Routing decisions by strategy and the target put first",
    labels: ["strategy", "target"],
  });
  const dropped = registry.counter({
    name: "weir_candidates_dropped_total",
    help: "Targets of a pool that a request could not go to",
    labels: ["target"],
  });
  const degraded = registry.counter({
    name: "weir_degraded_requests_total",
    help: "Requests served with less than was configured",
    labels: ["what"],
  });
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
  const requests = registry.counter({
    name: "weir_consumer_requests_total",
    help: "Model requests by consumer and outcome",
    labels: ["consumer", "outcome"],
  });
  const tokens = registry.counter({
    name: "weir_consumer_tokens_total",
    help: "Tokens by consumer",
    labels: ["consumer", "kind"],
  });
  const cost = registry.counter({
    name: "weir_consumer_cost_usd_total",
    help: "What a consumer's requests cost",
    labels: ["consumer", "basis"],
  });
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
  // with a hedge in between, who is asked again is not the one asked last
  return attempts.slice(0, place).some(({ target }) => target === attempt.target) ? "retry" : "failover";
}

function tokenKinds({ usage }: RequestEvent): [string, number | null][] {
  return [
    ["prompt", usage.prompt_tokens],
    ["completion", usage.completion_tokens],
    ["cached", usage.cached_tokens],
    ["reasoning", usage.reasoning_tokens],
  ];
}
