import { describe, expect, test } from "bun:test";
import { createMetrics } from "../../../src/lib/metrics/metrics.ts";
import type { RequestEvent } from "../../../src/schema/event.ts";

const usage = {
  prompt_tokens: 10,
  completion_tokens: 5,
  cached_tokens: 0,
  reasoning_tokens: null,
  basis: "exact",
} as const;

function event(over: Partial<RequestEvent> = {}): RequestEvent {
  const attempt = { provider: "mistral", model: "mistral-large-latest", cause: null };
  return {
    id: "r",
    at: 0,
    endpoint: "chat",
    stream: true,
    consumer: null,
    model: "anything a client likes",
    answered_model: null,
    target: "b",
    verdict: "allow",
    policies: [
      { policy: "p", phase: "input", verdict: "redact", mode: "enforce", reason_code: "x", findings: 1, score: null },
    ],
    route: null,
    attempts: [
      {
        ...attempt,
        target: "a",
        started_ms: 0,
        ended_ms: 100,
        first_token_ms: null,
        status: 500,
        outcome: "upstream_failed",
        usage: { ...usage, prompt_tokens: null, completion_tokens: null, basis: "unknown" },
      },
      {
        ...attempt,
        target: "b",
        started_ms: 100,
        ended_ms: 400,
        first_token_ms: 150,
        status: 200,
        outcome: "ok",
        usage,
        cost: { usd: 0.25, basis: "exact" },
      },
    ],
    status: 200,
    outcome: "ok",
    finish_reasons: ["stop"],
    usage,
    first_token_ms: 150,
    duration_ms: 400,
    degraded: [],
    config: "c",
    ...over,
  };
}

describe("createMetrics", () => {
  test("counts a request in both vocabularies", () => {
    const metrics = createMetrics();
    metrics.record(event());
    const text = metrics.render();
    const genAi =
      'gen_ai_operation_name="chat",gen_ai_provider_name="mistral_ai",gen_ai_request_model="mistral-large-latest"';
    for (const line of [
      'weir_requests_total{endpoint="chat",status="200",target="b"} 1',
      'weir_request_duration_seconds_bucket{endpoint="chat",stream="true",le="0.32"} 0',
      'weir_request_duration_seconds_bucket{endpoint="chat",stream="true",le="0.64"} 1',
      'weir_time_to_first_token_seconds_count{endpoint="chat"} 1',
      'weir_tokens_total{kind="prompt",target="b",basis="exact"} 10',
      'weir_tokens_total{kind="completion",target="b",basis="exact"} 5',
      'weir_attempts_total{target="a",outcome="upstream_failed"} 1',
      'weir_attempts_total{target="b",outcome="ok"} 1',
      'weir_cost_usd_total{target="b",basis="exact"} 0.25',
      'weir_policy_verdicts_total{policy="p",phase="input",verdict="redact",mode="enforce"} 1',
      `gen_ai_client_operation_duration_seconds_count{${genAi},error_type=""} 1`,
      `gen_ai_client_operation_duration_seconds_count{${genAi},error_type="upstream_failed"} 1`,
      `gen_ai_client_token_usage_sum{${genAi},gen_ai_token_type="input"} 10`,
      `gen_ai_client_token_usage_sum{${genAi},gen_ai_token_type="output"} 5`,
      `gen_ai_server_time_to_first_token_seconds_sum{${genAi}} 0.05`,
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).not.toContain('kind="cached"');
    expect(text).not.toContain('weir_cost_usd_total{target="a"');
    expect(text).not.toContain("weir_errors_total{");
  });

  test("tells retries from failovers and hedges, and how long each call took", () => {
    const metrics = createMetrics();
    const [failed, answered] = event().attempts;
    const call = (target: string, started_ms: number, more: object = {}) => ({
      ...failed!,
      target,
      started_ms,
      ended_ms: started_ms + 250,
      ...more,
    });
    const attempts = [
      call("a", 0),
      call("b", 100, { hedge: true }),
      call("b", 400, { hedge: true }),
      call("a", 700),
      call("a", 1_000),
      { ...answered!, target: "c", started_ms: 1_300, ended_ms: 1_800 },
    ];
    metrics.record(event({ attempts }));
    const lines = metrics.render().split("\n");
    for (const line of [
      'weir_further_attempts_total{target="b",kind="hedge"} 2',
      'weir_further_attempts_total{target="a",kind="retry"} 2',
      'weir_further_attempts_total{target="c",kind="failover"} 1',
      'weir_attempt_duration_seconds_sum{target="a"} 0.75',
      'weir_attempt_duration_seconds_sum{target="c"} 0.5',
      'weir_attempt_duration_seconds_count{target="a"} 3',
    ]) {
      expect(lines).toContain(line);
    }
    expect(lines.filter((line) => line.startsWith("weir_further_attempts_total{"))).toHaveLength(3);
  });

  test("counts what consumers asked for, and nothing where nobody is known", () => {
    const metrics = createMetrics();
    metrics.record(event());
    expect(metrics.render()).not.toContain("weir_consumer_requests_total{");
    const cost = { usd: 0.25, basis: "exact" } as const;
    const used = { ...usage, cached_tokens: 4, reasoning_tokens: 3 };
    for (let turn = 0; turn < 2; turn++) metrics.record(event({ consumer: "ann", cost, usage: used }));
    metrics.record(
      event({
        consumer: "ann",
        outcome: "budget_exceeded",
        status: 402,
        usage: { ...usage, prompt_tokens: null, completion_tokens: null },
      }),
    );
    const lines = metrics
      .render()
      .split("\n")
      .filter((line) => line.startsWith("weir_consumer_"));
    expect(lines.toSorted()).toEqual([
      'weir_consumer_cost_usd_total{consumer="ann",basis="exact"} 0.5',
      'weir_consumer_requests_total{consumer="ann",outcome="budget_exceeded"} 1',
      'weir_consumer_requests_total{consumer="ann",outcome="ok"} 2',
      'weir_consumer_tokens_total{consumer="ann",kind="cached"} 8',
      'weir_consumer_tokens_total{consumer="ann",kind="completion"} 10',
      'weir_consumer_tokens_total{consumer="ann",kind="prompt"} 20',
      'weir_consumer_tokens_total{consumer="ann",kind="reasoning"} 6',
    ]);
  });

  test("counts what was decided, and what was missing", () => {
    const metrics = createMetrics();
    const dropped = (target: string, why: string | null) => ({ target, dropped: why });
    const route = {
      strategy: "fallback",
      asked: "m",
      order: ["b", "c"],
      candidates: [dropped("a", "breaker open"), dropped("b", null)],
    };
    metrics.record(
      event({
        route,
        degraded: ["policy_error:p"],
        policies: event().policies.map((said) => ({ ...said, findings: 3 })),
      }),
    );
    metrics.record(event({ route: { ...route, order: [] } }));
    metrics.breakerChanged("a", { from: "closed", to: "open" } as never);
    for (const ok of [true, false, false]) metrics.probed("a", ok);
    for (const ok of [true, true, false]) metrics.reloaded(ok);
    const lines = metrics.render().split("\n");
    for (const line of [
      'weir_routes_total{strategy="fallback",target="b"} 1',
      'weir_routes_total{strategy="fallback",target=""} 1',
      'weir_candidates_dropped_total{target="a"} 2',
      'weir_degraded_requests_total{what="policy_error:p"} 1',
      'weir_policy_findings_total{policy="p",phase="input",mode="enforce"} 4',
      'weir_breaker_transitions_total{target="a",from="closed",to="open"} 1',
      'weir_probe_runs_total{target="a",outcome="ok"} 1',
      'weir_probe_runs_total{target="a",outcome="failed"} 2',
      'weir_config_reloads_total{result="ok"} 2',
      'weir_config_reloads_total{result="refused"} 1',
    ]) {
      expect(lines).toContain(line);
    }
    expect(metrics.render()).not.toContain('weir_candidates_dropped_total{target="b"}');
  });

  test("counts calls of unknown cost, and no such for one that failed at once", () => {
    const metrics = createMetrics();
    metrics.record(event());
    expect(metrics.render()).not.toContain("weir_calls_of_unknown_cost_total{");
    const [failed, answered] = event().attempts;
    metrics.record(event({ attempts: [failed!, { ...answered!, cost: { usd: null, basis: "unknown" } }] }));
    expect(metrics.render()).toContain('weir_calls_of_unknown_cost_total{target="b"} 1\n');
    expect(metrics.render()).not.toContain('weir_calls_of_unknown_cost_total{target="a"}');
  });

  test("counts decisions, energy and emissions by region, and nothing where no region is known", () => {
    const metrics = createMetrics();
    const carbon = {
      receipt_id: null,
      region: "scaleway-par-1",
      tier: 2,
      temporal_match: "live" as const,
      energy_wh: 0.5,
      energy_wh_ci90_lo: 0.1,
      energy_wh_ci90_hi: 2,
      gco2e: 0.25,
      gco2e_ci90_lo: 0.1,
      gco2e_ci90_hi: 1,
      gco2e_usage: 0.2,
      default_region: null,
      gco2e_usage_default: null,
    };
    const trace = { route_policy: "pinned", decision_mode: "pinned", decision_reason: "region_pinned_by_request" };
    metrics.record(event());
    metrics.record(event({ carbon, routing_trace: trace as RequestEvent["routing_trace"] & {} }));
    metrics.record(event({ carbon: { ...carbon, energy_wh: null, gco2e: null, temporal_match: null } }));
    const lines = metrics.render().split("\n");
    for (const line of [
      'weir_region_decisions_total{policy="pinned",mode="pinned",reason="region_pinned_by_request"} 1',
      'weir_region_answers_total{region="scaleway-par-1",signal="live"} 1',
      'weir_region_answers_total{region="scaleway-par-1",signal="none"} 1',
      'weir_energy_watt_hours_total{region="scaleway-par-1"} 0.5',
      'weir_emissions_grams_total{region="scaleway-par-1"} 0.25',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test("has no more series after thousands of callers who each write something else", () => {
    const metrics = createMetrics();
    const size = (): number => metrics.render().split("\n").length;
    const hostile = (at: number): RequestEvent => {
      const words = `evil-${at}"\n{}`;
      const refused = { target: null, attempts: [], status: 404, outcome: "model_not_found" };
      return event({
        id: words,
        model: words,
        answered_model: words,
        finish_reasons: [words],
        ...(at % 2 ? refused : {}),
      });
    };
    for (let at = 0; at < 2; at++) metrics.record(hostile(at));
    const before = size();
    for (let at = 2; at < 3000; at++) metrics.record(hostile(at));
    expect(size()).toBe(before);
    expect(metrics.render()).not.toContain("evil");
  });

  test("counts errors by code and never shows what the client wrote as model", () => {
    const metrics = createMetrics();
    metrics.record(event({ outcome: "model_not_found", status: 404, target: null, attempts: [] }));
    expect(metrics.render()).toContain('weir_errors_total{endpoint="chat",code="model_not_found"} 1\n');
    expect(metrics.render()).toContain('weir_requests_total{endpoint="chat",status="404",target=""} 1\n');
    expect(metrics.render()).not.toContain("anything");
  });

  test("counts other routes and reads gauges", () => {
    const metrics = createMetrics();
    metrics.recordRoute("/healthz", "GET", 200);
    metrics.gauge({ name: "weir_x", help: "X", labels: [] }, () => [[[], 7]]);
    expect(metrics.render()).toContain('weir_http_requests_total{route="/healthz",method="GET",status="200"} 1\n');
    expect(metrics.render()).toContain("weir_x 7\n");
  });
});
