import factors from "../../config/factors.json" with { type: "json" };
import { HOUR_MS } from "../lib/durations.ts";
import { firstPlace } from "../lib/first-place.ts";
import type { SignalBasis } from "../schema/signal.ts";

/** What electricity is made from. Waste counts as biomass; storage is no source and stands in no mix. */
export type Fuel = keyof typeof factors.lifecycle;

/** The bases of which there are factors. */
export type FactorBasis = Exclude<SignalBasis, "unspecified">;

/** One part of what a zone makes at one time: from what, and how much in MW. */
export type MixPart = readonly [fuel: Fuel, megawatts: number];

/** What a zone says of itself, by zone or by the country before the first hyphen. */
const OVERRIDES: Readonly<Record<string, Partial<Record<FactorBasis, Partial<Record<Fuel, number>>>>>> = factors.zones;

/** Grams of CO2e for one kWh made from a fuel in a zone. `SE-SE3` takes the overrides of `SE` where it has none. */
export function factorOf(fuel: Fuel, basis: FactorBasis, zone: string): number {
  const country = zone.split("-", 1)[0]!;
  return OVERRIDES[zone]?.[basis]?.[fuel] ?? OVERRIDES[country]?.[basis]?.[fuel] ?? factors[basis][fuel];
}

/**
 * Grams of CO2e for a kWh of a mix: `Σ f·max(MW,0) / Σ max(MW,0)`. A plant that takes power in counts as
 * one that stands still. Null where nothing is made, so that nothing can be said.
 */
export function intensityOf(mix: Iterable<MixPart>, basis: FactorBasis, zone: string): number | null {
  let grams = 0;
  let total = 0;
  for (const [fuel, megawatts] of mix) {
    const made = Math.max(megawatts, 0);
    grams += factorOf(fuel, basis, zone) * made;
    total += made;
  }
  return total > 0 && Number.isFinite(total) ? grams / total : null;
}

/** What a zone made during one interval, by the names that a source gives its kinds of plants, in MW. */
export interface Generation {
  readonly fromMs: number;
  readonly toMs: number;
  readonly byType: ReadonlyMap<string, number>;
}

/** How far away, in time, a neighbour may be and still say what an interval should have. */
const NEIGHBOURHOOD_MS = 12 * HOUR_MS;

/**
 * The intervals that have every type of plant that some neighbour within twelve hours has, oldest first. The newest ones
 * often lack types that are reported later, and a mix without them would be another country's.
 */
export function completeIntervals(intervals: readonly Generation[]): Generation[] {
  const sorted = intervals.toSorted((a, b) => a.toMs - b.toMs);
  const moments = new Map<string, number[]>();
  for (const { byType, toMs } of sorted)
    for (const type of byType.keys()) {
      const list = moments.get(type);
      if (list === undefined) moments.set(type, [toMs]);
      else list.push(toMs);
    }
  return sorted.filter(({ byType, toMs }) => {
    if (byType.size === 0) return false;
    for (const [type, times] of moments) if (!byType.has(type) && isNear(times, toMs)) return false;
    return true;
  });
}

/** Whether one of these ascending moments lies within the neighbourhood. */
function isNear(times: readonly number[], toMs: number): boolean {
  const first = times[firstPlace(times.length, (at) => times[at]! >= toMs - NEIGHBOURHOOD_MS)];
  return first !== undefined && first <= toMs + NEIGHBOURHOOD_MS;
}
