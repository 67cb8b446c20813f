import type { FactorBasis, Fuel, Generation } from "../carbon/mix.ts";
import type { GridSignal } from "../carbon/signals.ts";
import { HOUR_MS } from "../lib/durations.ts";
import { GatewayError } from "../lib/errors.ts";
import { type EntsoeDocument, type EntsoeSeries, readDocument } from "./_entsoe-document.ts";
import { ENTSOE_AREAS } from "./_entsoe-zones.ts";
import { BASIS } from "./_options.ts";
import { ask, garbage } from "./_request.ts";
import { eachZone, signalsOfMix } from "./_signals.ts";
import { wordOf } from "./_values.ts";
import type { GridQuery, GridServices, GridSource } from "./source.ts";

/** How far back it is asked: the newest intervals often lack types, and what is late comes within this time. */
const BACK_MS = 12 * HOUR_MS;
/** 400 requests a minute are allowed to a token; this is 240. */
const SPACING_MS = 250;
/** Five days of one area are 1.5 MB. */
const MAX_BYTES = 8_388_608;
/** Intervals that one document can hold (a fortnight of quarters of an hour), and values of all types together. */
const MAX_INTERVALS = 1_500;
const MAX_VALUES = 50_000;

/** Types of plants (code list PsrType of the API guide) by what they burn. B10 and B25 are storage and stand in no mix. */
const FUELS: Readonly<Record<string, Fuel>> = {
  B01: "biomass",
  B02: "coal",
  B03: "gas",
  B04: "gas",
  B05: "coal",
  B06: "oil",
  B07: "coal",
  B08: "coal",
  B09: "geothermal",
  B11: "hydro",
  B12: "hydro",
  B13: "unknown",
  B14: "nuclear",
  B15: "unknown",
  B16: "solar",
  B17: "biomass",
  B18: "wind",
  B19: "wind",
  B20: "unknown",
};
const STORAGE: ReadonlySet<string> = new Set(["B10", "B25"]);

/**
 * The Transparency Platform of ENTSO-E: generation by type of plant (A75, realised A16), 25 to 100 minutes late. The key
 * stands in the address.
 */
export const entsoe: GridSource<"entsoe"> = {
  name: "entsoe",
  summary: "ENTSO-E Transparency Platform: generation by type of plant, all bidding zones",
  options: { basis: BASIS },
  baseUrl: "https://web-api.tp.entsoe.eu",
  needsKey: true,
  zones: Object.keys(ENTSOE_AREAS),
  read: (query, services) => eachZone(query.zones, (zone) => readZone(zone, query, services)),
};

async function readZone(zone: string, query: GridQuery, services: GridServices): Promise<readonly GridSignal[]> {
  const basis = wordOf<FactorBasis>(query.options, "basis");
  for (const area of ENTSOE_AREAS[zone] ?? []) {
    const document = await fetchDocument(area, query, services);
    const nowMs = services.clock.now();
    const origin = { zone, source: "entsoe", basis, accounting: "production", nowMs } as const;
    const signals = signalsOfMix(generationOf(document), FUELS, origin);
    if (signals.length > 0) return signals;
  }
  return [];
}

async function fetchDocument(area: string, query: GridQuery, services: GridServices): Promise<EntsoeDocument> {
  const nowMs = services.clock.now();
  const search = {
    documentType: "A75",
    processType: "A16",
    in_Domain: area,
    periodStart: stamp(Math.floor((nowMs - BACK_MS) / HOUR_MS) * HOUR_MS),
    periodEnd: stamp(Math.ceil(nowMs / HOUR_MS) * HOUR_MS),
    ...(query.key === null ? {} : { securityToken: query.key.reveal() }),
  };
  const answer = await ask({ source: "entsoe", path: "/api", search, spacingMs: SPACING_MS }, query, services);
  let document: EntsoeDocument;
  try {
    document = await readDocument(answer.pieces(MAX_BYTES));
  } catch (thrown) {
    if (answer.refusal !== null) throw answer.refusal;
    if (thrown instanceof GatewayError) throw thrown;
    throw garbage("entsoe", `its answer cannot be used: ${(thrown as Error).message}`);
  }
  const { root, type, reason } = document;
  if (root === "Acknowledgement_MarketDocument") {
    if (/no matching data found/i.test(reason?.text ?? "")) return document;
    throw refusedWith(said(reason, query), answer.refusal);
  }
  if (answer.refusal !== null) throw answer.refusal;
  if (root !== "GL_MarketDocument" || (type !== null && type !== "A75"))
    throw garbage("entsoe", "its answer is no document of generation by type (A75)");
  return document;
}

/** What a refusal and its status say together; of a key nobody but the service says anything. */
function refusedWith(words: string, refusal: GatewayError | null): GatewayError {
  if (refusal === null) return garbage("entsoe", `it refused with ${words}`);
  if (refusal.code === "upstream_auth_failed") return refusal;
  return new GatewayError(refusal.code, `${refusal.message}, ${words}`, refusal.details);
}

/** The words of an acknowledgement, made safe to show: short, one line, and without the key. */
function said(reason: EntsoeDocument["reason"], { key }: GridQuery): string {
  const text = (reason?.text ?? "").replace(/[^\x20-\x7e]+/g, " ");
  const token = key?.reveal() ?? "";
  const shown =
    token === "" ? text : text.replaceAll(token, "[secret]").replaceAll(encodeURIComponent(token), "[secret]");
  return `code ${/^\w{1,10}$/.test(reason?.code ?? "") ? reason?.code : "unknown"}: ${shown.slice(0, 200)}`;
}

/** `yyyyMMddHHmm`, in UTC. */
function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace(/[-T:]/g, "");
}

/** What was made in each interval, by type. Several series of one type add up; consumption and storage are left out. */
export function generationOf({ series }: Pick<EntsoeDocument, "series">): Generation[] {
  const plants = series.filter(
    ({ psrType, isConsumption }) => psrType !== null && !isConsumption && !STORAGE.has(psrType),
  );
  if (plants.some(({ unit }) => unit !== "" && unit !== "MAW")) throw garbage("entsoe", "its unit is not MW (MAW)");
  const stepMs = Math.min(...plants.flatMap(({ periods }) => periods.map((period) => period.stepMs)));
  const intervals = new Map<number, Map<string, number>>();
  let values = 0;
  for (const plant of plants)
    for (const [fromMs, megawatts] of valuesOf(plant, stepMs)) {
      if (++values > MAX_VALUES) throw garbage("entsoe", `it has more than ${MAX_VALUES} values`);
      let byType = intervals.get(fromMs);
      if (byType === undefined) {
        if (intervals.size >= MAX_INTERVALS) throw garbage("entsoe", `it has more than ${MAX_INTERVALS} intervals`);
        byType = new Map();
        intervals.set(fromMs, byType);
      }
      byType.set(plant.psrType!, (byType.get(plant.psrType!) ?? 0) + megawatts);
    }
  return Array.from(intervals, ([fromMs, byType]) => ({ fromMs, toMs: fromMs + stepMs, byType }));
}

/** The values of a series on a grid of steps: an hour's mean power is that of each of its quarters. */
function* valuesOf(
  { curveType, periods }: EntsoeSeries,
  stepMs: number,
): Generator<[fromMs: number, megawatts: number]> {
  for (const period of periods) {
    const count = Math.round((period.toMs - period.fromMs) / period.stepMs);
    const parts = Math.max(1, Math.round(period.stepMs / stepMs));
    if (count > MAX_INTERVALS) throw garbage("entsoe", `it has more than ${MAX_INTERVALS} intervals`);
    let last: number | undefined;
    for (let position = 1; position <= count; position++) {
      const value: number | undefined = period.points.get(position) ?? (curveType === "A03" ? last : undefined);
      last = value;
      if (value === undefined) continue;
      for (let part = 0; part < parts; part++)
        yield [period.fromMs + (position - 1) * period.stepMs + part * stepMs, value];
    }
  }
}
