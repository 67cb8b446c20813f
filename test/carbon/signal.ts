import type { GridSignal } from "../../src/carbon/signals.ts";

/** A minute, in milliseconds. */
export const MINUTE_MS = 60_000;
/** The moment at which these tests look. */
export const NOW = Date.parse("2026-05-19T12:00:00Z");

/** France as a source measured it so many minutes ago. */
export function signal(ageMinutes: number, over: Partial<GridSignal> = {}): GridSignal {
  return {
    zone: "FR",
    gramsPerKwh: 42,
    basis: "lifecycle",
    accounting: "production",
    kind: "measured",
    source: "entsoe",
    fromMs: null,
    observedAtMs: NOW - ageMinutes * MINUTE_MS,
    fetchedAtMs: NOW,
    ...over,
  };
}
