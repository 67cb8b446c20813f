import type { GridSignal } from "../carbon/signals.ts";
import { MINUTE_MS } from "../lib/durations.ts";
import { isObject, memberOf } from "../lib/json/json.ts";
import { askJson, garbage } from "./_request.ts";
import { eachZone, type Slot, signalsOf } from "./_signals.ts";
import { gramsOf, utcOf } from "./_values.ts";
import type { GridQuery, GridServices, GridSource } from "./source.ts";

/** Price areas by the zone that regions name. */
const AREAS: Readonly<Record<string, string>> = { DK1: "DK1", DK2: "DK2", "DK-DK1": "DK1", "DK-DK2": "DK2" };
const STEP_MS = 5 * MINUTE_MS;

/**
 * Energi Data Service of Energinet (dataset CO2Emis): direct CO2 of what Denmark's two price areas use, every five
 * minutes. `Minutes5UTC` does not say that it is UTC; `Minutes5DK` is an hour or two off and is not read.
 */
export const energinet: GridSource<"energinet"> = {
  name: "energinet",
  summary: "Energinet: direct CO2 of what Denmark's price areas use every 5 minutes, no key",
  options: {},
  baseUrl: "https://api.energidataservice.dk",
  needsKey: false,
  zones: Object.keys(AREAS),
  read: (query, services) => eachZone(query.zones, (zone) => readZone(zone, query, services)),
};

async function readZone(zone: string, query: GridQuery, services: GridServices): Promise<readonly GridSignal[]> {
  const area = AREAS[zone] ?? zone;
  const search = {
    start: "now-PT6H",
    filter: JSON.stringify({ PriceArea: [area] }),
    sort: "Minutes5UTC DESC",
    limit: "100",
  };
  const answer = await askJson({ source: "energinet", path: "/dataset/CO2Emis", search }, query, services);
  const rows = memberOf(answer, "records");
  if (!Array.isArray(rows)) throw garbage("energinet", "its answer has no records");
  const slots = rows.flatMap((row: unknown) => slotOf(row, area));
  if (rows.length > 0 && slots.length === 0) throw garbage("energinet", `its records hold no CO2Emission of ${area}`);
  const nowMs = services.clock.now();
  return signalsOf(slots, { zone, source: "energinet", basis: "direct", accounting: "consumption", nowMs });
}

function slotOf(row: unknown, area: string): Slot[] {
  if (!isObject(row) || row["PriceArea"] !== area) return [];
  const fromMs = utcOf(row["Minutes5UTC"]);
  const gramsPerKwh = gramsOf(row["CO2Emission"]);
  if (fromMs === null || gramsPerKwh === null) return [];
  return [{ kind: "measured", fromMs, toMs: fromMs + STEP_MS, gramsPerKwh }];
}
