import { SignalTable } from "../../src/carbon/signal-table.ts";
import { DEFAULT_FRESHNESS } from "../../src/carbon/signals.ts";

/** Grids with a measured, comparable signal each (gCO2e/kWh by zone), observed and fetched at these moments. */
export function measuredGrids(
  grams: Readonly<Record<string, number>>,
  { observedAtMs, fetchedAtMs }: { readonly observedAtMs: number; readonly fetchedAtMs: number },
): SignalTable {
  const table = new SignalTable(DEFAULT_FRESHNESS);
  for (const [zone, gramsPerKwh] of Object.entries(grams)) {
    table.put(0, [
      {
        zone,
        gramsPerKwh,
        basis: "lifecycle",
        accounting: "production",
        kind: "measured",
        source: "bench",
        fromMs: null,
        observedAtMs,
        fetchedAtMs,
      },
    ]);
  }
  return table;
}
