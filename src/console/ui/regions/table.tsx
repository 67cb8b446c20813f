import type { RegionView } from "../../../schema/views/region-view.ts";
import { age, NOTHING } from "../format.ts";
import { Chip } from "../parts/chips.tsx";
import { num, Table } from "../parts/table.tsx";

const CLASSES = {
  live: ["good", "●"],
  fresh: ["good", "◐"],
  stale: ["warn", "○"],
  annual_fallback: ["plain", "∅"],
} as const;

/** How a signal and now belong together. */
export function ClassChip({ of }: { of: keyof typeof CLASSES | null }) {
  if (of === null) return <Chip tone="plain" sign="–" text="nothing known" />;
  const [tone, sign] = CLASSES[of];
  return <Chip tone={tone} sign={sign} text={of === "annual_fallback" ? "annual average" : of} />;
}

const HEALTHS = {
  healthy: ["good", "✓"],
  degraded: ["warn", "!"],
  unavailable: ["bad", "✕"],
  no_target: ["plain", "–"],
} as const;

/** How the targets of a region do. */
function HealthChip({ of }: { of: keyof typeof HEALTHS }) {
  const [tone, sign] = HEALTHS[of];
  return <Chip tone={tone} sign={sign} text={of.replace("_", " ")} />;
}

/** The regions as the map has them, for those who read numbers, and how their targets do. */
export function RegionTable({ regions }: { regions: readonly RegionView[] }) {
  return (
    <Table label="Regions" heads={["Region", num("g/kWh"), "Class, age", "Targets"]}>
      {regions.map(({ code, location, grid_zone, live, allowed, inference }) => (
        <tr key={code}>
          <td>
            <span class="whole">{code}</span>
            <div class="small soft">
              {location ?? "somewhere"}, zone {grid_zone ?? "unknown"}
            </div>
          </td>
          <td class="num">{live.gco2_per_kwh === null ? NOTHING : Math.round(live.gco2_per_kwh)}</td>
          <td>
            <ClassChip of={live.class} />
            {live.age_minutes !== null && <div class="small soft">{age(live.age_minutes * 60_000)} old</div>}
          </td>
          <td>
            <HealthChip of={live.health} />
            {!allowed && <div class="small soft">not allowed</div>}
            {!inference && <div class="small soft">no inference there</div>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
