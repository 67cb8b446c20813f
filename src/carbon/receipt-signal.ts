import type { Region } from "./regions.ts";
import type { GridSignal } from "./signals.ts";

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
