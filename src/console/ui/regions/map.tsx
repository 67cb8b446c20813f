import { useEffect, useRef, useState } from "preact/hooks";
import type { RegionView } from "../../../schema/views/region-view.ts";
import { COUNTRIES, MAP_SIZE, placeOf } from "./europe.ts";
import { type LabelBox, type Marked, placeLabels } from "./map-labels.ts";

/** Steps of intensity, g/kWh; beyond the last is the last tone. */
const STEPS = [50, 150, 300] as const;
const STEP_WORDS = ["up to 50", "to 150", "to 300", "above 300"] as const;
/** Height of letters on the screen, and half of a mark. */
const LETTER_PX = 12.5;
const MARK_PX = 5.5;
/** Names over one number; more are counted. */
const MOST_NAMES = 3;

const stepOf = (value: number | null): number | null =>
  value === null ? null : STEPS.reduce((step, limit) => (value > limit ? step + 1 : step), 0);
const toneOf = (value: number | null): string => {
  const step = stepOf(value);
  return step === null ? "var(--sunk)" : `var(--g${step})`;
};

interface Spot extends Marked {
  readonly value: number | null;
}

/** Europe with the regions, each with its number and its class: live, fresh, stale, or the annual average. */
export function RegionMap({ regions }: { regions: readonly RegionView[] }) {
  const picture = useRef<SVGSVGElement>(null);
  const [widthPx, setWidthPx] = useState<number>(MAP_SIZE.width);
  useEffect(() => {
    const element = picture.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => setWidthPx(Math.max(1, element.clientWidth)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const unit = MAP_SIZE.width / widthPx;
  const spots = spotsOf(regions);
  const boxes = placeLabels(spots, { ...MAP_SIZE, size: LETTER_PX * unit });
  const byCountry = new Map(regions.map((region) => [region.country, region.live.gco2_per_kwh]));
  return (
    <figure style={{ margin: 0 }}>
      <Legend />
      <svg
        ref={picture}
        class="map"
        viewBox={`0 0 ${MAP_SIZE.width} ${MAP_SIZE.height}`}
        role="img"
        aria-label="Map of Europe with the regions; the table beside it has the same"
      >
        {COUNTRIES.map(({ code, path }) => (
          <path key={code} d={path} class="land" style={{ fill: toneOf(byCountry.get(code) ?? null) }} />
        ))}
        {spots.map((spot, at) => (
          <Leader key={at} spot={spot} box={boxes[at]!} />
        ))}
        {spots.map((spot, at) => (
          <SpotMark key={at} spot={spot} box={boxes[at]!} unit={unit} />
        ))}
      </svg>
    </figure>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-label="g CO₂e per kWh">
      {STEP_WORDS.map((word, step) => (
        <li key={word}>
          <svg viewBox="0 0 24 8" aria-hidden="true">
            <rect width="24" height="8" fill={`var(--g${step})`} />
          </svg>
          {word}
        </li>
      ))}
      <li>
        <svg viewBox="0 0 24 8" aria-hidden="true">
          <rect width="24" height="8" fill="var(--sunk)" stroke="var(--edge)" />
        </svg>
        unknown
      </li>
      <li>g CO₂e per kWh</li>
    </ul>
  );
}

/** A line from a mark to its label, which shows only where they are apart. */
function Leader({ spot: { x, y }, box }: { spot: Spot; box: LabelBox }) {
  const to = {
    x: Math.min(Math.max(x, box.x), box.x + box.width),
    y: Math.min(Math.max(y, box.y), box.y + box.height),
  };
  return <line x1={x} y1={y} x2={to.x} y2={to.y} class="leader" />;
}

function SpotMark({ spot: { x, y, lines, value }, box, unit }: { spot: Spot; box: LabelBox; unit: number }) {
  // towards its mark, so that names of unlike length stand close to theirs
  const anchor = box.x >= x ? "start" : box.x + box.width <= x ? "end" : "middle";
  const left = anchor === "start" ? box.x : anchor === "end" ? box.x + box.width : box.x + box.width / 2;
  const size = LETTER_PX * unit;
  return (
    <g>
      <title>{lines.join(", ")}</title>
      <circle cx={x} cy={y} r={MARK_PX * unit} class="spot" style={{ fill: toneOf(value) }} />
      {lines.map((line, at) => (
        <text
          key={line}
          x={left}
          y={box.y + (at * 1.2 + 0.95) * size}
          text-anchor={anchor}
          font-size={size}
          stroke-width={size / 4}
          class={at === lines.length - 1 ? "spot-said" : "spot-name"}
        >
          {line}
        </text>
      ))}
    </g>
  );
}

function saidOf({ gco2_per_kwh: value, class: age }: RegionView["live"]): string {
  if (value === null) return "unknown";
  return `${Math.round(value)} g, ${age === "annual_fallback" ? "annual" : (age ?? "no class")}`;
}

/** Regions of one place that have the same to say share a mark. */
function spotsOf(regions: readonly RegionView[]): Spot[] {
  const groups = new Map<string, { x: number; y: number; value: number | null; said: string; names: string[] }>();
  for (const region of regions) {
    const place = placeOf(region);
    if (place === null) continue;
    const said = saidOf(region.live);
    const key = `${place.x} ${place.y} ${said}`;
    const group = groups.get(key) ?? { ...place, value: region.live.gco2_per_kwh, said, names: [] };
    group.names.push(region.code);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ x, y, value, said, names }) => {
    const more = names.length - MOST_NAMES;
    return { x, y, value, lines: [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`and ${more} more`] : []), said] };
  });
}
