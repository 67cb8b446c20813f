import { expect, test } from "bun:test";
import { freshnessRules, gridPlans } from "../../../src/config/grid-plans.ts";
import { GridBook } from "../../../src/gateway/carbon/grid-book.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import { createMetrics } from "../../../src/lib/metrics/metrics.ts";
import { addGridGauges } from "../../../src/server/metrics/grid-gauges.ts";
import { fakeClock } from "../../support/clock.ts";
import { configOf } from "../../support/gateway.ts";

test("metrics of the grids: how sources do, what zones emit, how old it is, and what may decide", () => {
  const clock = fakeClock();
  const fingrid = { source: "fingrid", secret_key_ref: { env: "GRID_KEY" } };
  const sources = [{ source: "landsnet" }, fingrid, { ...fingrid, accounting: "consumption" }];
  const config = configOf([{ id: "a" }], { carbon: { sources } });
  const grid = new GridBook(freshnessRules(config));
  const plans = gridPlans(config);
  grid.follow(plans, freshnessRules(config));
  const metrics = createMetrics();
  addGridGauges(metrics, grid, clock);
  const lines = () =>
    metrics
      .render()
      .split("\n")
      .filter((line) => line.startsWith("weir_grid"));
  expect(lines().filter((line) => line.includes("_up{"))).toEqual([]);
  const nowMs = clock.now();
  const signal = (zone: string, gramsPerKwh: number, ageMs: number) => ({
    zone,
    gramsPerKwh,
    basis: "lifecycle" as const,
    accounting: "production" as const,
    kind: "measured" as const,
    source: "landsnet",
    fromMs: null,
    observedAtMs: nowMs - ageMs,
    fetchedAtMs: nowMs,
  });
  grid.took(plans[0]!.key, { signals: [signal("IS", 24, 60_000)], faults: [] }, nowMs);
  grid.took(plans[1]!.key, { signals: [{ ...signal("FI", 38, 9_000_000), source: "fingrid" }], faults: [] }, nowMs);
  for (let time = 0; time < 3; time++)
    grid.failed(plans[2]!.key, new GatewayError("upstream_failed", "fingrid: no"), nowMs);
  const landsnet = 'source="landsnet",host="amper.landsnet.is"';
  const both = 'source="fingrid",host="data.fingrid.fi"';
  expect(lines()).toEqual(
    expect.arrayContaining([
      `weir_grid_source_up{${landsnet}} 1`,
      // the worst of two that look alike, and what both of them did
      `weir_grid_source_up{${both}} 0`,
      `weir_grid_source_requests_total{${both}} 4`,
      `weir_grid_source_failures_total{${both}} 3`,
      `weir_grid_source_success_timestamp_seconds{${both}} ${nowMs / 1000}`,
      'weir_grid_gco2_per_kwh{zone="IS",source="landsnet",basis="lifecycle",accounting="production",kind="measured"} 24',
      'weir_grid_signal_age_seconds{zone="IS",source="landsnet",basis="lifecycle",accounting="production",kind="measured"} 60',
      'weir_grid_operational{zone="IS"} 1',
      'weir_grid_operational{zone="FI"} 0',
    ]),
  );
});
