import { type Catalogue, catalogueOf } from "../carbon/regions.ts";
import type { Average, FreshnessRules } from "../carbon/signals.ts";
import { gridSources } from "../grid/index.ts";
import type { GridSource } from "../grid/source.ts";
import { MINUTE_MS } from "../lib/durations.ts";
import type { SecretRef } from "../schema/config/values.ts";
import type { Config } from "./config.ts";

/** One entry of `carbon.sources`, ready to be asked. */
export interface GridPlan {
  /** The same for as long as it is the same work, over reloads. */
  readonly key: string;
  /** The same for as long as it is asked for the same, however often, how patiently and with which key. */
  readonly contentKey: string;
  /** The same for as long as what is said of a zone stays the same, whichever zones are asked for. */
  readonly serviceKey: string;
  readonly source: GridSource;
  readonly zones: readonly string[];
  readonly baseUrl: string;
  readonly secretRef: SecretRef | null;
  readonly refreshMs: number;
  readonly timeoutMs: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly averages: ReadonlyMap<string, Average>;
}

/** The sources of a configuration, in its order. */
export function gridPlans(config: Config): readonly GridPlan[] {
  const catalogue = regionsOf(config);
  const averages = averagesOf(catalogue);
  const seen = new Map<string, number>();
  const numbered = (identity: string): string => {
    const times = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, times);
    return `${identity}#${times}`;
  };
  return config.carbon.sources.map((entry) => {
    const source: GridSource = gridSources[entry.source];
    const own: Readonly<Record<string, unknown>> = entry;
    const options = Object.fromEntries(
      Object.entries(source.options).map(([key, schema]) => [key, own[key] ?? schema["default"]]),
    );
    const zones = entry.zones ?? usualZones(source, catalogue, options);
    const { refresh_seconds, timeout_seconds, secret_key_ref, ...content } = entry;
    const ofAnnual = source.name === "annual" ? [...averages] : null;
    const known = [zones, ofAnnual];
    return {
      key: numbered(JSON.stringify([entry, ...known])),
      contentKey: numbered(JSON.stringify(["content", content, ...known])),
      serviceKey: JSON.stringify([{ ...content, zones: undefined }, ofAnnual]),
      source,
      zones: [...new Set(zones)],
      baseUrl: (entry.base_url ?? source.baseUrl ?? "").replace(/\/+$/, ""),
      secretRef: secret_key_ref ?? null,
      refreshMs: refresh_seconds * 1000,
      timeoutMs: timeout_seconds * 1000,
      options,
      averages,
    };
  });
}

/** `carbon.freshness` and what goes with it, as the signal table wants it. */
export function freshnessRules({ carbon }: Config): FreshnessRules {
  return {
    liveMs: carbon.freshness.live_minutes * MINUTE_MS,
    freshMs: carbon.freshness.fresh_minutes * MINUTE_MS,
    acceptFresh: carbon.accept_fresh,
    acceptForecast: carbon.accept_forecast,
  };
}

/** The catalogue as it is with what the configuration says of regions. */
function regionsOf({ regions }: Config): Catalogue {
  return catalogueOf(regions.catalogue);
}

/** The zones of the catalogue that a source knows, or all of its own; of values that stand in the configuration: theirs. */
function usualZones(source: GridSource, catalogue: Catalogue, options: Readonly<Record<string, unknown>>): string[] {
  const values = (options["values"] ?? options["series"]) as readonly { readonly zone: string }[] | undefined;
  const all =
    values?.map(({ zone }) => zone) ??
    Array.from(catalogue.values(), ({ gridZone }) => gridZone).filter((zone) => zone !== null);
  const known = [...new Set(all)].filter((zone) => source.zones === null || source.zones.includes(zone));
  return known.length > 0 ? known : [...(source.zones ?? [])];
}

function averagesOf(catalogue: Catalogue): ReadonlyMap<string, Average> {
  const averages = new Map<string, Average>();
  for (const { gridZone, annualGramsPerKwh, annualSource } of catalogue.values())
    if (gridZone !== null && annualGramsPerKwh !== null && !averages.has(gridZone))
      averages.set(gridZone, { gramsPerKwh: annualGramsPerKwh, source: annualSource ?? "unspecified" });
  return averages;
}
