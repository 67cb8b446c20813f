import type { RegionView } from "../../../schema/region-view.ts";
import { COUNTRIES, MAP_SIZE, placeOf } from "../europe.ts";

/** Steps of intensity, g/kWh; beyond the last is the last tone. */
const STEPS = [50, 150, 300] as const;
const STEP_WORDS = ["up to 50", "to 150", "to 300", "above 300"] as const;

const stepOf = (value: number | null): number | null =>
  value === null ? null : STEPS.reduce((step, limit) => (value > limit ? step + 1 : step), 0);
const toneOf = (value: number | null): string => {
  const step = stepOf(value);
  return step === null ? "var(--sunk)" : `var(--g${step})`;
};

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly regions: readonly RegionView[];
}

/** Europe with the regions, each with its number and its class: live, fresh, stale, or the annual average. */
export function RegionMap({ regions }: { regions: readonly RegionView[] }) {
  const spots = spotsOf(regions);
  const byCountry = new Map(regions.map((region) => [region.country, region.live.gco2_per_kwh]));
  return (
    <figure style={{ margin: 0 }}>
      <ul class="legend" aria-label="g CO₂e per kWh">
        {STEP_WORDS.map((word, step) => (
          <li key={word}>
            <svg viewBox="0 0 24 8" aria-hidden="true">
              <rect width="24" height="8" fill={`var(--g${step})`} />
            </svg>
            {word} g/kWh
          </li>
        ))}
        <li>
          <svg viewBox="0 0 24 8" aria-hidden="true">
            <rect width="24" height="8" fill="var(--sunk)" stroke="var(--edge)" />
          </svg>
          unknown
        </li>
      </ul>
      <svg
        class="map"
        viewBox={`0 0 ${MAP_SIZE.width} ${MAP_SIZE.height}`}
        role="img"
        aria-label="Map of Europe with the regions; the table beside it has the same"
      >
        {COUNTRIES.map(({ code, path }) => (
          <path key={code} d={path} class="land" style={{ fill: toneOf(byCountry.get(code) ?? null) }} />
        ))}
        {spots.map((spot) => (
          <SpotMark key={spot.regions[0]?.code} spot={spot} />
        ))}
      </svg>
    </figure>
  );
}

function SpotMark({ spot: { x, y, regions } }: { spot: Spot }) {
  const [first] = regions;
  if (first === undefined) return null;
  const { gco2_per_kwh: value, class: age } = first.live;
  const names = regions.length > 2 ? `${regions.length} regions` : regions.map(({ code }) => code).join(", ");
  const said =
    value === null ? "unknown" : `${Math.round(value)} g, ${age === "annual_fallback" ? "annual" : (age ?? "?")}`;
  const atRight = x < MAP_SIZE.width * 0.62;
  const anchor = atRight ? "start" : "end";
  const at = atRight ? x + 12 : x - 12;
  return (
    <g>
      <title>{`${names}: ${said}`}</title>
      <circle cx={x} cy={y} r="7" class="spot" style={{ fill: toneOf(value) }} />
      <text x={at} y={y - 2} text-anchor={anchor} class="spot-name">
        {names}
      </text>
      <text x={at} y={y + 14} text-anchor={anchor} class="spot-said">
        {said}
      </text>
    </g>
  );
}

/** Regions that stand too close to tell apart share a mark. */
function spotsOf(regions: readonly RegionView[]): Spot[] {
  const spots: { x: number; y: number; regions: RegionView[] }[] = [];
  for (const region of regions) {
    const place = placeOf(region);
    if (place === null) continue;
    const near = spots.find(({ x, y }) => Math.hypot(x - place.x, y - place.y) < 45);
    if (near === undefined) spots.push({ ...place, regions: [region] });
    else near.regions.push(region);
  }
  return spots;
}
