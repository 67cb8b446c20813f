import { completeIntervals, type FactorBasis, type Fuel, type Generation, intensityOf } from "../carbon/mix.ts";
import { CLOCK_SKEW_MS, type GridSignal } from "../carbon/signals.ts";
import { toGatewayError } from "../lib/errors.ts";
import type { SignalAccounting, SignalBasis, SignalKind } from "../schema/signal.ts";
import type { GridReading, ZoneFault } from "./source.ts";

/** What the signals of one answer have in common. */
export interface Origin {
  readonly zone: string;
  readonly source: string;
  readonly basis: SignalBasis;
  readonly accounting: SignalAccounting;
  /** When the answer came. */
  readonly nowMs: number;
}

/** What a service says of one interval. */
export interface Slot {
  readonly kind: SignalKind;
  readonly fromMs: number | null;
  readonly toMs: number;
  readonly gramsPerKwh: number;
}

/**
 * One slot as a signal; null for what says nothing: a measurement of the future. What is measured of an interval that is
 * not over has been observed until now.
 */
function signalOf(slot: Slot, { zone, source, basis, accounting, nowMs }: Origin): GridSignal | null {
  const { kind, fromMs, toMs, gramsPerKwh } = slot;
  const isAhead = kind !== "forecast" && toMs > nowMs;
  if (isAhead && (fromMs ?? toMs - CLOCK_SKEW_MS) > nowMs) return null;
  const observedAtMs = isAhead ? nowMs : toMs;
  return { zone, source, basis, accounting, kind, gramsPerKwh, fromMs, observedAtMs, fetchedAtMs: nowMs };
}

/** Several slots as signals. */
export function signalsOf(slots: readonly Slot[], origin: Origin): GridSignal[] {
  return slots.flatMap((slot) => signalOf(slot, origin) ?? []);
}

/** Measured signals from what was made in each interval. Intervals that are not over, or lack a type of plant, are left out. */
export function signalsOfMix(
  intervals: readonly Generation[],
  fuels: Readonly<Record<string, Fuel>>,
  origin: Origin & { readonly basis: FactorBasis },
): GridSignal[] {
  const over = intervals.filter(({ toMs }) => toMs <= origin.nowMs);
  const slots = completeIntervals(over).flatMap(({ fromMs, toMs, byType }): Slot[] => {
    const mix = Array.from(byType, ([type, megawatts]) => [fuels[type] ?? "unknown", megawatts] as const);
    const gramsPerKwh = intensityOf(mix, origin.basis, origin.zone);
    return gramsPerKwh === null ? [] : [{ kind: "measured", fromMs, toMs, gramsPerKwh }];
  });
  return signalsOf(slots, origin);
}

/**
 * Reads zone after zone, so that what one of them lacks is not lacking in the others. Rejects with the first fault where
 * nothing could be had of any.
 */
export async function eachZone(
  zones: readonly string[],
  read: (zone: string) => Promise<readonly GridSignal[]>,
): Promise<GridReading> {
  const signals: GridSignal[] = [];
  const faults: ZoneFault[] = [];
  for (const [at, zone] of zones.entries()) {
    try {
      signals.push(...(await read(zone)));
    } catch (thrown) {
      const error = toGatewayError(thrown);
      faults.push({ zone, error });
      if (error.code !== "upstream_auth_failed" && error.code !== "upstream_rate_limited") continue;
      // the other zones would be told the same
      faults.push(...zones.slice(at + 1).map((other) => ({ zone: other, error })));
      break;
    }
  }
  if (faults.length > 0 && faults.length === zones.length) throw faults[0]!.error;
  return { signals, faults };
}
