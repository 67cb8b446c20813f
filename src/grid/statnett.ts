import { type FactorBasis, intensityOf, type MixPart } from "../carbon/mix.ts";
import { asObject, memberOf } from "../lib/json/json.ts";
import { BASIS } from "./_options.ts";
import { askJson, garbage } from "./_request.ts";
import { eachZone, signalsOf } from "./_signals.ts";
import { numberOf, wordOf } from "./_values.ts";
import type { GridSource } from "./source.ts";

/** Rows of the overview; thermal is one bucket, and so is what is not specified. */
const ROWS = {
  NuclearData: "nuclear",
  HydroData: "hydro",
  WindData: "wind",
  ThermalData: "unknown",
  NotSpecifiedData: "unknown",
} as const;

/** Statnett's overview of the Nordic countries: what each makes at this minute, by a few kinds of plants. */
export const statnett: GridSource<"statnett"> = {
  name: "statnett",
  summary: "Statnett: the Nordic countries' mix at this minute, no key",
  options: { basis: BASIS },
  baseUrl: "https://driftsdata.statnett.no",
  needsKey: false,
  zones: ["SE", "FI", "NO", "DK"],
  async read(query, services) {
    const path = "/restapi/ProductionConsumption/GetLatestDetailedOverview";
    const answer = await askJson({ source: "statnett", path }, query, services);
    const columns = columnsOf(answer);
    const basis = wordOf<FactorBasis>(query.options, "basis");
    const nowMs = services.clock.now();
    return eachZone(query.zones, async (zone) => {
      const gramsPerKwh = columns.intensity(zone, basis);
      if (gramsPerKwh === null) return [];
      const slot = { kind: "measured", fromMs: null, toMs: columns.measuredAtMs, gramsPerKwh } as const;
      return signalsOf([slot], { zone, source: "statnett", basis, accounting: "production", nowMs });
    });
  },
};

/** The overview by country. Cells of one column stand at one place of every row; `Headers[].value` says whose. */
function columnsOf(answer: unknown) {
  const overview = asObject(answer);
  const measuredAtMs = numberOf(overview["MeasuredAt"]);
  const headers = cellsOf(overview["Headers"]);
  // epoch milliseconds of this century: seconds would be a thousandth
  if (measuredAtMs === null || measuredAtMs < 9.4e11 || measuredAtMs > 4.2e12)
    throw garbage("statnett", "its MeasuredAt is no moment in epoch milliseconds");
  if (headers === null) throw garbage("statnett", "its answer has no Headers");
  return {
    measuredAtMs,
    /** Grams per kWh; null: it makes nothing. Throws where what is there cannot be read. */
    intensity(zone: string, basis: FactorBasis): number | null {
      const column = headers.findIndex((name) => String(name).trim() === zone);
      if (column < 0) throw garbage("statnett", `it has no column ${zone}`);
      const mix: MixPart[] = [];
      for (const [row, fuel] of Object.entries(ROWS)) {
        const cells = cellsOf(overview[row]);
        if (cells === null || cells.length !== headers.length)
          throw garbage("statnett", `its ${row} has no cell for each header`);
        const megawatts = isNone(cells[column]) ? 0 : numberOf(cells[column]);
        if (megawatts === null) throw garbage("statnett", `its ${row} of ${zone} is no number`);
        mix.push([fuel, megawatts]);
      }
      return intensityOf(mix, basis, zone);
    },
  };
}

/** A dash: there is no such plant. */
function isNone(cell: unknown): boolean {
  return typeof cell === "string" && /^[-\u2013]$/.test(cell.trim());
}

function cellsOf(row: unknown): readonly unknown[] | null {
  if (!Array.isArray(row)) return null;
  return row.map((cell: unknown) => memberOf(cell, "value"));
}
