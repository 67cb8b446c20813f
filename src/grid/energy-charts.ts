import type { GridSignal } from "../carbon/signals.ts";
import { asObject } from "../lib/json/json.ts";
import { askJson, garbage } from "./_request.ts";
import { eachZone, type Slot, signalsOf } from "./_signals.ts";
import { gramsOf, numberOf } from "./_values.ts";
import type { GridQuery, GridServices, GridSource } from "./source.ts";

/** Countries as the service calls them, by the zone that regions name. */
const COUNTRIES: Readonly<Record<string, string>> = {
  AT: "at",
  BE: "be",
  BG: "bg",
  CH: "ch",
  CZ: "cz",
  DE: "de",
  "DE-LU": "de",
  EE: "ee",
  ES: "es",
  FI: "fi",
  FR: "fr",
  GR: "gr",
  HR: "hr",
  HU: "hu",
  IE: "ie",
  IT: "it",
  LT: "lt",
  LV: "lv",
  NL: "nl",
  PL: "pl",
  PT: "pt",
  RO: "ro",
  SI: "si",
  SK: "sk",
};
/** Two days of quarters of an hour are 192 slots. */
const MAX_SLOTS = 1_500;
const HOUR_S = 3_600;

/** Energy-Charts of Fraunhofer ISE: measured intensity and a forecast for the rest of the day, of whole countries. */
export const energyCharts: GridSource<"energy-charts"> = {
  name: "energy-charts",
  summary: "Energy-Charts of Fraunhofer ISE: intensity and forecast of whole countries, no key",
  options: {},
  baseUrl: "https://api.energy-charts.info",
  needsKey: false,
  zones: Object.keys(COUNTRIES),
  read: (query, services) => eachZone(query.zones, (zone) => readZone(zone, query, services)),
};

async function readZone(zone: string, query: GridQuery, services: GridServices): Promise<readonly GridSignal[]> {
  const search = { country: COUNTRIES[zone] ?? zone.toLowerCase() };
  const answer = await askJson({ source: "energy-charts", path: "/co2eq", search }, query, services);
  const nowMs = services.clock.now();
  const origin = { zone, source: "energy-charts", basis: "lifecycle", accounting: "production", nowMs } as const;
  return signalsOf(slotsOf(answer), origin);
}

/** One slot for each time: what was measured where it was, else what is forecast; none where neither is known. */
export function slotsOf(answer: unknown): readonly Slot[] {
  const { unix_seconds: times, co2eq, co2eq_forecast: forecast } = asObject(answer);
  if (!Array.isArray(times) || !Array.isArray(co2eq))
    throw garbage("energy-charts", "its answer has no unix_seconds or no co2eq");
  if (times.length > MAX_SLOTS) throw garbage("energy-charts", `it has more than ${MAX_SLOTS} slots`);
  if (co2eq.length !== times.length) throw garbage("energy-charts", "its lists are not of one length");
  const starts = times.map(numberOf);
  // epoch seconds of this century: milliseconds would be a thousand times as many
  if (starts.some((at) => at === null || at < 9.4e8 || at > 4.2e9))
    throw garbage("energy-charts", "its unix_seconds are no epoch seconds");
  return starts.flatMap((from, at): Slot[] => {
    const seconds = lengthAt(starts as number[], at);
    // no mix emits nothing over its life cycle: a zero is a value that is not there yet
    const measured = gramsOf(co2eq[at]) || null;
    const expected = (Array.isArray(forecast) && gramsOf(forecast[at])) || null;
    const gramsPerKwh = measured ?? expected;
    if (gramsPerKwh === null || seconds <= 0) return [];
    const span = { fromMs: from! * 1000, toMs: (from! + seconds) * 1000 };
    return [{ kind: measured === null ? "forecast" : "measured", ...span, gramsPerKwh }];
  });
}

/** How long a slot lasts: until the next one begins; the last as long as the one before. A gap lengthens no slot beyond an hour. */
function lengthAt(starts: readonly number[], at: number): number {
  const next = at + 1 < starts.length ? starts[at + 1]! - starts[at]! : at > 0 ? starts[at]! - starts[at - 1]! : HOUR_S;
  return Math.min(next, HOUR_S);
}
