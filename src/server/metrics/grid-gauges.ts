import { ageMsOf } from "../../carbon/signals.ts";
import type { GridBook } from "../../gateway/carbon/grid-book.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Metrics } from "../../lib/metrics/metrics.ts";

/** Adds what grid sources say and how they do. Values per zone are those that would decide, or the best there is. */
export function addGridGauges(metrics: Metrics, grid: GridBook, clock: Clock): void {
  const perSource = (name: string, help: string, read: (source: Row) => number | null) =>
    metrics.gauge({ name, help, labels: ["source", "host"] }, () =>
      byLabels(
        grid.sources().map((row) => [[row.source, row.host ?? ""], read(row)]),
        Math.min,
      ),
    );
  perSource("weir_grid_source_up", "Whether a grid source answered when it was last asked", (row) =>
    row.state === "waiting" ? null : Number(row.state !== "failing"),
  );
  const total = (name: string, help: string, read: (source: Row) => number) =>
    metrics.total({ name, help, labels: ["source", "host"] }, () =>
      byLabels(
        grid.sources().map((row) => [[row.source, row.host ?? ""], read(row)]),
        (a, b) => a + b,
      ),
    );
  total("weir_grid_source_requests_total", "How often a grid source was asked", ({ asked }) => asked);
  total("weir_grid_source_failures_total", "How often it failed, wholly or in part", ({ failures }) => failures);
  perSource("weir_grid_source_success_timestamp_seconds", "When it last answered", ({ succeeded_at: at }) =>
    at === null ? null : at / 1000,
  );
  const labels = ["zone", "source", "basis", "accounting", "kind"];
  const shown = () => {
    const nowMs = clock.now();
    return grid.table.zones().flatMap((zone) => {
      const signal = grid.table.shown(zone, nowMs);
      if (signal === null) return [];
      const values = [zone, signal.source, signal.basis, signal.accounting, signal.kind];
      return [{ values, grams: signal.gramsPerKwh, ageMs: ageMsOf(signal, nowMs) }];
    });
  };
  metrics.gauge({ name: "weir_grid_gco2_per_kwh", help: "Carbon intensity of a grid zone", labels }, () =>
    shown().map(({ values, grams }) => [values, grams] as const),
  );
  metrics.gauge({ name: "weir_grid_signal_age_seconds", help: "Age of that value", labels }, () =>
    shown().flatMap(({ values, ageMs }) => (ageMs === null ? [] : [[values, ageMs / 1000] as const])),
  );
  metrics.gauge(
    { name: "weir_grid_operational", help: "Whether a zone has a signal that may decide now", labels: ["zone"] },
    () => grid.zones(clock.now()).map(({ zone, is_operational: may }) => [[zone], Number(may)] as const),
  );
}

type Row = ReturnType<GridBook["sources"]>[number];
type Point = readonly [labels: readonly string[], value: number | null];

/** Sources of one name and host have one series: of their states the worst, which is the smaller number, of counts the sum. */
function byLabels(
  points: readonly Point[],
  merge: (a: number, b: number) => number,
): readonly (readonly [readonly string[], number])[] {
  const merged = new Map<string, readonly [readonly string[], number]>();
  for (const [labels, value] of points) {
    if (value === null) continue;
    const key = labels.join("\n");
    const before = merged.get(key);
    merged.set(key, [labels, before === undefined ? value : merge(before[1], value)]);
  }
  return [...merged.values()];
}
