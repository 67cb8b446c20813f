import facts from "../../config/regions.json" with { type: "json" };
import { annualSignal, type GridSignal } from "./signals.ts";

/** A place where targets stand. */
export interface Region {
  readonly code: string;
  readonly provider: string | null;
  readonly location: string | null;
  /** ISO 3166-1, two letters; the wall goes by it. */
  readonly country: string;
  /** Zone of the electricity grid; null: not known, so that there are no signals for it. */
  readonly gridZone: string | null;
  /** Annual average of the grid; null: not known. */
  readonly annualGramsPerKwh: number | null;
  /** Who says so. */
  readonly annualSource: string | null;
  /** Network round trip as stated, in milliseconds; null: nobody has stated it. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  /** Whether targets may stand there. */
  readonly inference: boolean;
  readonly notes: string | null;
}

/** What a configuration says of one region (`regions.catalogue[]`). */
export interface RegionEntry {
  readonly code: string;
  readonly provider?: string;
  readonly location?: string;
  readonly country?: string;
  readonly grid_zone?: string;
  readonly annual_gco2_per_kwh?: number;
  readonly latency_ms?: { readonly p50: number; readonly p95: number };
  readonly inference?: boolean;
  readonly notes?: string;
}

/** Regions by code, in order: those that are built in first. */
export type Catalogue = ReadonlyMap<string, Region>;

/** Where an average of a configuration comes from, in receipts. */
const OWN_SOURCE = "configuration";

/** The eight regions of the Region selection page (`config/regions.json` says where each number comes from). */
const BUILT_IN_REGIONS: Catalogue = new Map(
  facts.regions.map((region) => [
    region.code,
    {
      code: region.code,
      provider: region.provider,
      location: region.location,
      country: region.country,
      gridZone: region.grid_zone,
      annualGramsPerKwh: region.annual_gco2_per_kwh,
      annualSource: facts.annual_average_source,
      latencyMs: region.latency_ms,
      inference: region.inference,
      notes: region.notes,
    },
  ]),
);

/** The built-in regions with what a configuration says, merged by code. An entry of a new code must have its country. */
export function catalogueOf(entries: readonly RegionEntry[]): Catalogue {
  const regions = new Map(BUILT_IN_REGIONS);
  for (const entry of entries) regions.set(entry.code, merged(regions.get(entry.code), entry));
  return regions;
}

function merged(known: Region | undefined, entry: RegionEntry): Region {
  const average = entry.annual_gco2_per_kwh;
  return {
    code: entry.code,
    provider: entry.provider ?? known?.provider ?? null,
    location: entry.location ?? known?.location ?? null,
    country: entry.country ?? known?.country ?? "",
    gridZone: entry.grid_zone ?? known?.gridZone ?? null,
    annualGramsPerKwh: average ?? known?.annualGramsPerKwh ?? null,
    annualSource: average === undefined ? (known?.annualSource ?? null) : OWN_SOURCE,
    latencyMs: entry.latency_ms ?? known?.latencyMs ?? null,
    inference: entry.inference ?? known?.inference ?? true,
    notes: entry.notes ?? known?.notes ?? null,
  };
}

/** The annual average of a region's grid as a signal; null: none is known. */
export function annualOf(region: Region, nowMs: number): GridSignal | null {
  const { code, gridZone, annualGramsPerKwh: gramsPerKwh, annualSource } = region;
  if (gramsPerKwh === null) return null;
  return annualSignal(gridZone ?? code, { gramsPerKwh, source: annualSource ?? "unspecified" }, nowMs);
}

/** Why no target may stand in a region; null: it may. */
export function barredBecause(region: Region, allow: readonly string[]): "region_not_allowed" | "no_inference" | null {
  if (!allow.includes(region.country)) return "region_not_allowed";
  return region.inference ? null : "no_inference";
}
