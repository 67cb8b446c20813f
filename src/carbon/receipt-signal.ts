import type { TraceSignal } from "../schema/signal.ts";
import type { Region } from "./regions.ts";
import type { SignalReader } from "./signal-table.ts";
import { DEFAULT_FRESHNESS, type GridSignal, traceOf } from "./signals.ts";

/**
 * The signal that a receipt counts with: the newest measured or estimated one of the region's zone, at most six hours
 * old, else the region's annual average, which is called that; null where neither is known.
 */
export function receiptSignalOf(region: Region, signals: SignalReader | null, nowMs: number): TraceSignal | null {
  const newest = region.gridZone === null ? null : (signals?.newest(region.gridZone, nowMs) ?? null);
  const signal = newest ?? annualOf(region, nowMs);
  return signal === null ? null : traceOf(signal, nowMs, signals?.rules ?? DEFAULT_FRESHNESS);
}

/** The annual average of a region as a signal; it never decides anything. */
export function annualOf(region: Region, nowMs: number): GridSignal | null {
  if (region.annualGramsPerKwh === null) return null;
  return {
    zone: region.gridZone ?? region.code,
    gramsPerKwh: region.annualGramsPerKwh,
    basis: "unspecified",
    accounting: "unspecified",
    kind: "annual",
    source: region.annualSource ?? "unspecified",
    fromMs: null,
    observedAtMs: null,
    fetchedAtMs: nowMs,
  };
}
