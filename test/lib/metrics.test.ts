import { describe, expect, test } from "bun:test";
import { createMetrics } from "../../src/lib/metrics.ts";
import type { RequestEvent } from "../../src/schema/event.ts";

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
