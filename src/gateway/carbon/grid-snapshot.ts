import { annualOf, type Region } from "../../carbon/regions.ts";
import type { SignalReader } from "../../carbon/signal-table.ts";
import { DEFAULT_FRESHNESS, type FreshnessRules, type GridSignal } from "../../carbon/signals.ts";

/** What is known of one zone's electricity at one moment. */
interface Reading {
  /** What may decide. */
  readonly operational: GridSignal | null;
  /** What may stand in a receipt. */
  readonly newest: GridSignal | null;
}

const NOTHING: Reading = { operational: null, newest: null };

/**
 * The grids as they were when a request was decided: what comes in while its answer is written changes neither its trace
 * nor its receipt. Zones are read when they are first asked for.
 */
export class GridSnapshot {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly rules: FreshnessRules;
  readonly #signals: SignalReader | null;
  readonly #zones: string[] = [];
  readonly #readings: Reading[] = [];

  constructor(signals: SignalReader | null, atMs: number) {
    this.#signals = signals;
    this.atMs = atMs;
    this.rules = signals?.rules ?? DEFAULT_FRESHNESS;
  }

  /** The signal that may decide where a request goes; null: none may. */
  operational({ gridZone }: Region): GridSignal | null {
    return this.#read(gridZone).operational;
  }

  /** The signal for a receipt: measured or estimated, else the region's average; null: nothing is known. */
  receipt(region: Region): GridSignal | null {
    return this.#read(region.gridZone).newest ?? annualOf(region, this.atMs);
  }

  #read(zone: string | null): Reading {
    if (zone === null || this.#signals === null) return NOTHING;
    // a handful of zones: a map costs more
    const known = this.#zones.indexOf(zone);
    if (known >= 0) return this.#readings[known]!;
    const reading = {
      operational: this.#signals.operational(zone, this.atMs),
      newest: this.#signals.newest(zone, this.atMs),
    };
    this.#zones.push(zone);
    this.#readings.push(reading);
    return reading;
  }
}
