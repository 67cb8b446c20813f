import { catalogueOf, type RegionEntry } from "../carbon/regions.ts";
import { SignalTable } from "../carbon/signal-table.ts";
import type { FreshnessRules } from "../carbon/signals.ts";
import type { Config } from "../config/config.ts";
import type { RequestEvent } from "../schema/event.ts";
import type { SignalClass } from "../schema/signal.ts";

/** How old a signal of a class is taken to be where the record holds its class alone, in minutes. */
const AGES: Readonly<Record<SignalClass, number | null>> = { live: 10, fresh: 60, stale: 240, annual_fallback: null };

/** What requests of the past knew of the grids: filled from their routing traces as time goes by. */
export class ReplaySignals {
  readonly table: SignalTable;
  readonly #zoneOf: (region: string) => string | null;

  constructor(config: Config, rules: FreshnessRules) {
    this.table = new SignalTable(rules);
    const catalogue = catalogueOf(config.regions.catalogue as readonly RegionEntry[]);
    this.#zoneOf = (region) => catalogue.get(region)?.gridZone ?? null;
  }

  /** Takes in what stands in the trace of a request. */
  learn({ at, routing_trace: trace }: RequestEvent): void {
    if (trace === null || trace === undefined) return;
    const exact = [trace.operational_signal, trace.receipt_signal].filter((signal) => signal !== null);
    const { basis = "lifecycle", accounting = "production" } = trace.operational_signal ?? {};
    for (const { region, gco2_per_kwh, class: kind } of trace.candidates) {
      const zone = region === null ? null : this.#zoneOf(region);
      const minutes = kind === null ? null : AGES[kind];
      if (zone === null || gco2_per_kwh === null || minutes === null) continue;
      if (exact.some((signal) => signal.zone === zone && signal.observed_at !== null)) continue;
      const observedAtMs = at - minutes * 60_000;
      const signal = { zone, gramsPerKwh: gco2_per_kwh, basis, accounting, source: "recorded", fromMs: null } as const;
      this.table.put(0, [{ ...signal, kind: "measured", observedAtMs, fetchedAtMs: at }]);
    }
    for (const signal of exact) {
      if (signal.observed_at === null || signal.signal_kind === "annual") continue;
      const { zone, basis: of, accounting: by, source, gco2_per_kwh: gramsPerKwh } = signal;
      // a forecast that decided then decides now: its slot is not in the record
      const isForecast = signal.signal_kind === "forecast";
      const kind = isForecast ? "measured" : signal.signal_kind;
      const observedAtMs = isForecast ? at : Date.parse(signal.observed_at);
      const one = { zone, gramsPerKwh, basis: of, accounting: by, kind, source, fromMs: null, observedAtMs };
      this.table.put(0, [{ ...one, fetchedAtMs: at }]);
    }
  }
}
