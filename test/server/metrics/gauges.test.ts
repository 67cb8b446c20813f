import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { DEFAULT_FRESHNESS } from "../../../src/carbon/signals.ts";
import type { Config } from "../../../src/config/config.ts";
import { GridBook } from "../../../src/gateway/carbon/grid-book.ts";
import type { Gateway, Runtime } from "../../../src/gateway/gateway-api.ts";
import { createMetrics } from "../../../src/lib/metrics/metrics.ts";
import type { FamilyReading } from "../../../src/lib/metrics/registry.ts";
import { addGauges } from "../../../src/server/metrics/gauges.ts";
import { addGridGauges } from "../../../src/server/metrics/grid-gauges.ts";
import { manualClock } from "../../support/clock.ts";

const today = new Date();
const day = Math.floor(today.getTime() / 86_400_000);
const month = today.getUTCFullYear() * 12 + today.getUTCMonth();

const gateway: Partial<Gateway> = {
  configHash: "abc",
  config: { pack: { name: "p", version: "1.0.0" } } as Config,
  targets: () => [],
  inFlight: () => 3,
  queued: () => 1,
  readiness: () => ({ ready: true, reasons: [] }),
  spending: () => ({
    budgets: { day, month, today: 2_500_000_000, thisMonth: 4_000_000_000 },
    'consumers["old"].budget': { day: day - 1, month: month - 1, today: 7, thisMonth: 7 },
  }),
};

function gauges() {
  const metrics = createMetrics();
  addGauges(metrics, {
    runtime: { gateway: gateway as Gateway, loadedAtMs: 5000, lastReloadErrors: [] } as unknown as Runtime,
    build: { version: "1", commit: "c", bun: "b", target: "t" },
    ledger: () => ({ queued: 1, written: 2, lost: 3, failures: 4, failing: true }),
    counters: () => ({ failing: false, failures: 5, refusing: false }),
  });
  addGridGauges(metrics, new GridBook(DEFAULT_FRESHNESS), manualClock());
  return metrics;
}

describe("addGauges", () => {
  test("what was spent counts for the day and the month it was spent in", () => {
    const lines = gauges().render().split("\n");
    for (const line of [
      'weir_budget_spent_usd{budget="budgets",period="day"} 2.5',
      'weir_budget_spent_usd{budget="budgets",period="month"} 4',
      'weir_budget_spent_usd{budget="consumers[\\"old\\"].budget",period="day"} 0',
      'weir_budget_spent_usd{budget="consumers[\\"old\\"].budget",period="month"} 0',
      'weir_config_info{config="abc",pack="p 1.0.0"} 1',
      "weir_requests_in_flight 3",
      "weir_requests_queued 1",
    ]) {
      expect(lines).toContain(line);
    }
  });

  test("what only grows is a counter and is called so", () => {
    const text = gauges().render();
    for (const [name, value] of [
      ["weir_ledger_written_events_total", 2],
      ["weir_ledger_lost_events_total", 3],
      ["weir_ledger_failures_total", 4],
      ["weir_counters_failures_total", 5],
    ]) {
      expect(text).toContain(`# TYPE ${name} counter\n${name} ${value}\n`);
    }
    for (const { spec, type } of gauges().read()) {
      expect([spec.name, spec.name.endsWith("_total")]).toEqual([spec.name, type === "counter"]);
      expect(spec.name).toMatch(/^[a-z][a-z0-9_]*$/);
    }
  });
});

describe("the Grafana dashboard", () => {
  const dashboard = readFileSync(new URL("../../../config/grafana-dashboard.json", import.meta.url), "utf8");
  const families = new Map(
    gauges()
      .read()
      .flatMap((family) => namesOf(family).map((name) => [name, family] as const)),
  );

  test("asks for metrics and labels that exist, and leaves nothing of ours unnamed in its legends", () => {
    const queries = [...dashboard.matchAll(/"(?:expr|query)": "((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
      JSON.parse(`"${text}"`),
    ) as string[];
    const used = queries.flatMap((query) => [
      ...query.matchAll(/\b(weir|gen_ai|process)_[a-z0-9_]+\b(?=\{|, instance)/g),
    ]);
    expect(used.length).toBeGreaterThan(40);
    expect(used.map(([name]) => name).filter((name) => !families.has(name))).toEqual([]);
    const labels = new Set([...families.values()].flatMap(({ spec }) => spec.labels));
    const asked = queries.flatMap((query) =>
      [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, by]) => by!.split(", ")),
    );
    const unknown = asked.filter((label) => label !== "le" && label !== "instance" && !labels.has(label));
    expect(unknown).toEqual([]);
  });

  test("has panels that do not overlap", () => {
    const { panels } = JSON.parse(dashboard) as {
      panels: { id: number; gridPos: Record<"x" | "y" | "w" | "h", number> }[];
    };
    const cells = new Set<string>();
    for (const { gridPos: at } of panels) {
      for (let x = at.x; x < at.x + at.w; x++) {
        for (let y = at.y; y < at.y + at.h; y++) {
          expect(cells.has(`${x},${y}`)).toBe(false);
          cells.add(`${x},${y}`);
        }
      }
      expect(at.x + at.w).toBeLessThanOrEqual(24);
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

function namesOf({ spec, type }: FamilyReading): string[] {
  return type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => spec.name + end) : [spec.name];
}
