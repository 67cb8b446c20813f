import { expect, test } from "bun:test";
import { explainRouting } from "../../../src/cli/explain/routing.ts";
import type { RoutingTrace } from "../../../src/schema/routing-trace.ts";

const signal = {
  zone: "SE-SE3",
  source: "entsoe",
  signal_kind: "measured",
  basis: "lifecycle",
  accounting: "production",
  gco2_per_kwh: 18.25,
  observed_at: "2026-07-01T11:30:00.000Z",
  requested_at: "2026-07-01T12:00:00.000Z",
  age_minutes: 30,
  temporal_match: "live",
  live_eligible: true,
} as const;

const trace: RoutingTrace = {
  route_policy: "carbon_aware",
  decision_mode: "live",
  decision_reason: "lowest_current_grid_intensity",
  region: "scaleway-par-1",
  failover: { from_target: "sto", from_region: "atnorth-sto-1", reason: "upstream_failed" },
  operational_signal: signal,
  receipt_signal: {
    ...signal,
    zone: "FR",
    source: "JRC NEEFE 2024",
    signal_kind: "annual",
    basis: "unspecified",
    accounting: "unspecified",
    gco2_per_kwh: 58,
    observed_at: null,
    age_minutes: null,
    temporal_match: "annual_fallback",
    live_eligible: false,
  },
  thresholds: {
    live_minutes: 30,
    fresh_minutes: 120,
    accept_fresh: true,
    accept_forecast: false,
    hysteresis_gco2_per_kwh: 5,
    hysteresis_share: 0.1,
    latency_budget_ms: 80,
  },
  candidates: [
    { target: "sto", region: "atnorth-sto-1", gco2_per_kwh: 18.25, class: "live", eligible: true, reason: null },
    {
      target: "par",
      region: "scaleway-par-1",
      gco2_per_kwh: 58,
      class: "annual_fallback",
      eligible: false,
      reason: "no_operational_signal",
    },
    { target: "plain", region: null, gco2_per_kwh: null, class: null, eligible: false, reason: "region_unknown" },
  ],
};

test("tells how a region was found, and what came after", () => {
  expect(explainRouting(trace, "par")).toEqual([
    "  carbon aware, decided live: lowest_current_grid_intensity; answered from scaleway-par-1",
    "  decided by SE-SE3 18.3 g/kWh, live, 30.0 min old (entsoe; measured, lifecycle, production)",
    "  counted with FR 58 g/kWh, an annual average (JRC NEEFE 2024; annual, unspecified, unspecified)",
    "  failed over from sto (atnorth-sto-1): upstream_failed",
    "  signals live to 30 min, fresh to 120 min; latency budget 80 ms",
    "  sto    atnorth-sto-1, 18.3 g/kWh live",
    "  par    scaleway-par-1, 58 g/kWh annual fallback; left out: no operational signal",
    "  plain  no region, grid unknown; left out: region unknown",
  ]);
});

test("says little of a request that was refused", () => {
  const refused = { ...trace, route_policy: "pinned", decision_mode: "pinned", region: null, failover: null } as const;
  const lines = explainRouting({ ...refused, operational_signal: null, receipt_signal: null, candidates: [] }, null);
  expect(lines).toEqual(["  pinned, decided pinned: lowest_current_grid_intensity; no region answered"]);
  // who answered stands nowhere that is known
  expect(explainRouting({ ...refused, candidates: [] }, "plain")[0]).toEndWith(
    "; answered by plain, whose region nobody knows",
  );
});

test("codes are said in words, names within a reason as they are", () => {
  const reason = "secret missing: the environment variable NO_SUCH_KEY";
  const dropped = { target: "t", region: null, gco2_per_kwh: null, class: null, eligible: false, reason };
  expect(explainRouting({ ...trace, candidates: [dropped] }, null).at(-1)).toEndWith(`; left out: ${reason}`);
});
