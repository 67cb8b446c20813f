import { barredBecause, type Catalogue, catalogueOf, type Region } from "../../carbon/regions.ts";
import type { Config } from "../../config/config.ts";

/** Where a target stands, with what the configuration says of that place. */
export interface Place {
  readonly region: Region;
  /** Place in the default path; Infinity: not on it. */
  readonly pathRank: number;
  /** Why nothing may go there; null: it may. The check of configurations refuses such targets already. */
  readonly barred: string | null;
}

/** What a configuration says of regions. */
export interface RegionRules {
  readonly catalogue: Catalogue;
  /** Null: the code is of no region. */
  place(code: string | undefined): Place | null;
}

/** What a configuration says of regions, worked out once. */
export function regionRules({ regions }: Pick<Config, "regions">): RegionRules {
  const catalogue = catalogueOf(regions.catalogue);
  const places = new Map<string, Place>();
  for (const region of catalogue.values()) {
    const rank = regions.default_path.indexOf(region.code);
    places.set(region.code, {
      region,
      pathRank: rank < 0 ? Number.POSITIVE_INFINITY : rank,
      barred: barredBecause(region, regions.allow),
    });
  }
  return { catalogue, place: (code) => (code === undefined ? null : (places.get(code) ?? null)) };
}
