import { HOUR_MS } from "../lib/durations.ts";
import { isObject, memberOf } from "../lib/json/json.ts";
import { askJson, garbage } from "./_request.ts";
import { eachZone, type Slot, signalsOf } from "./_signals.ts";
import { gramsOf, instantOf } from "./_values.ts";
import type { GridSource } from "./source.ts";

/**
 * Carbon Intensity API of NESO: direct CO2 of what Great Britain uses, in half hours, with a forecast for those that have
 * no actual value yet.
 */
export const ukCarbonIntensity: GridSource<"uk-carbon-intensity"> = {
  name: "uk-carbon-intensity",
  summary: "Carbon Intensity API of NESO: direct CO2 of what Great Britain uses, in half hours, no key",
  options: {},
  baseUrl: "https://api.carbonintensity.org.uk",
  needsKey: false,
  zones: ["GB"],
  read: (query, services) =>
    eachZone(query.zones, async (zone) => {
      const now = services.clock.now();
      const path = `/intensity/${minute(now - 6 * HOUR_MS)}/${minute(now + 6 * HOUR_MS)}`;
      const answer = await askJson({ source: "uk-carbon-intensity", path }, query, services);
      const rows = memberOf(answer, "data");
      if (!Array.isArray(rows)) throw garbage("uk-carbon-intensity", "its answer has no data");
      const nowMs = services.clock.now();
      return signalsOf(rows.flatMap(slotOf), {
        zone,
        source: "uk-carbon-intensity",
        basis: "direct",
        accounting: "consumption",
        nowMs,
      });
    }),
};

/** `2026-11-21T08:30Z`: the only form that the service takes. */
function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

function slotOf(row: unknown): Slot[] {
  if (!isObject(row) || !isObject(row["intensity"])) return [];
  const fromMs = instantOf(row["from"]);
  const toMs = instantOf(row["to"]);
  const actual = gramsOf(row["intensity"]["actual"]);
  const gramsPerKwh = actual ?? gramsOf(row["intensity"]["forecast"]);
  if (fromMs === null || toMs === null || toMs <= fromMs || gramsPerKwh === null) return [];
  return [{ kind: actual === null ? "forecast" : "measured", fromMs, toMs, gramsPerKwh }];
}
