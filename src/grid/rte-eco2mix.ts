import type { FactorBasis, Fuel, Generation } from "../carbon/mix.ts";
import { HOUR_MS, MINUTE_MS } from "../lib/durations.ts";
import { isObject } from "../lib/json/json.ts";
import { BASIS } from "./_options.ts";
import { askJson, garbage } from "./_request.ts";
import { eachZone, signalsOfMix } from "./_signals.ts";
import { instantOf, numberOf, wordOf } from "./_values.ts";
import type { GridQuery, GridServices, GridSource } from "./source.ts";

const QUARTER_MS = 15 * MINUTE_MS;
const BACK_MS = 12 * HOUR_MS;

/** Columns of the mix by what they burn; `hydraulique` holds turbines of pumped storage too, which are taken out. */
const FUELS: Readonly<Record<string, Fuel>> = {
  nucleaire: "nuclear",
  gaz: "gas",
  charbon: "coal",
  fioul: "oil",
  eolien: "wind",
  solaire: "solar",
  hydraulique: "hydro",
  bioenergies: "biomass",
};
const STORED = "hydraulique_step_turbinage";

/**
 * éCO2mix of RTE by Opendatasoft Réseaux Énergies (dataset eco2mix-national-tr): France's mix, a row every 15 minutes. Its
 * own `taux_co2` is direct emissions, so the intensity is computed from the mix.
 */
export const rteEco2mix: GridSource<"rte-eco2mix"> = {
  name: "rte-eco2mix",
  summary: "éCO2mix of RTE by ODRE: France's mix every 15 minutes, no key",
  options: { basis: BASIS },
  baseUrl: "https://odre.opendatasoft.com/api/explore/v2.1",
  needsKey: false,
  zones: ["FR"],
  read: (query, services) => eachZone(query.zones, (zone) => readFrance(zone, query, services)),
};

async function readFrance(zone: string, query: GridQuery, services: GridServices) {
  const from = new Date(services.clock.now() - BACK_MS).toISOString();
  const search = {
    where: `date_heure >= date'${from}' and date_heure <= now(minutes=15)`,
    order_by: "date_heure desc",
    limit: "60",
  };
  const path = "/catalog/datasets/eco2mix-national-tr/records";
  const answer = await askJson({ source: "rte-eco2mix", path, search }, query, services);
  const basis = wordOf<FactorBasis>(query.options, "basis");
  const nowMs = services.clock.now();
  const origin = { zone, source: "rte-eco2mix", basis, accounting: "production", nowMs } as const;
  return signalsOfMix(rowsOf(answer).flatMap(intervalOf), FUELS, origin);
}

/** Rows as version 2.1 gives them, or below `fields` as version 1 does. */
function rowsOf(answer: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list = isObject(answer) ? (answer["results"] ?? answer["records"]) : undefined;
  if (!Array.isArray(list)) throw garbage("rte-eco2mix", "its answer has neither results nor records");
  return list.flatMap((row: unknown) => {
    if (!isObject(row)) return [];
    return [isObject(row["fields"]) ? row["fields"] : row];
  });
}

/** A row as an interval; none for a row without a zone of time, or of the rest of the day, in which nothing stands yet. */
function intervalOf(row: Readonly<Record<string, unknown>>): Generation[] {
  const fromMs = instantOf(row["date_heure"]);
  if (fromMs === null) return [];
  const byType = new Map<string, number>();
  for (const column of Object.keys(FUELS)) {
    const megawatts = numberOf(row[column]);
    if (megawatts !== null) byType.set(column, megawatts);
  }
  const hydro = byType.get("hydraulique");
  if (hydro !== undefined) byType.set("hydraulique", hydro - Math.max(numberOf(row[STORED]) ?? 0, 0));
  return byType.size === 0 ? [] : [{ fromMs, toMs: fromMs + QUARTER_MS, byType }];
}
