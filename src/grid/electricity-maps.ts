import type { GridSignal } from "../carbon/signals.ts";
import { asObject } from "../lib/json/json.ts";
import type { SignalBasis } from "../schema/signal.ts";
import { BASIS } from "./_options.ts";
import { askJson, garbage } from "./_request.ts";
import { eachZone, signalsOf } from "./_signals.ts";
import { gramsOf, instantOf, wordOf } from "./_values.ts";
import type { GridQuery, GridServices, GridSource } from "./source.ts";

/** Zones that the service calls otherwise. */
const NAMES: Readonly<Record<string, string>> = { "DE-LU": "DE", DK1: "DK-DK1", DK2: "DK-DK2" };

/**
 * Electricity Maps: intensity of what a zone uses, imports traced back. Most of the newest hours are estimates, which
 * receipts may show and which never decide. The moment of an answer is taken as the time it was observed; it may lie
 * ahead, and then there is no signal.
 */
export const electricityMaps: GridSource<"electricity-maps"> = {
  name: "electricity-maps",
  summary: "Electricity Maps: intensity of what a zone uses, all zones",
  options: { basis: BASIS },
  baseUrl: "https://api.electricitymaps.com",
  needsKey: true,
  zones: null,
  read: (query, services) => eachZone(query.zones, (zone) => readZone(zone, query, services)),
};

async function readZone(zone: string, query: GridQuery, services: GridServices): Promise<readonly GridSignal[]> {
  const asked = wordOf<SignalBasis>(query.options, "basis");
  const search = { zone: NAMES[zone] ?? zone, emissionFactorType: asked };
  const headers = query.key === null ? {} : { "auth-token": query.key.reveal() };
  const path = "/v3/carbon-intensity/latest";
  const answer = await askJson({ source: "electricity-maps", path, search, headers }, query, services);
  const latest = asObject(answer);
  if (latest["status"] === "no-data") return [];
  const gramsPerKwh = gramsOf(latest["carbonIntensity"]);
  if (latest["carbonIntensity"] === null) return [];
  if (gramsPerKwh === null) throw garbage("electricity-maps", "its carbonIntensity is no number");
  const toMs = instantOf(latest["datetime"]);
  if (toMs === null) throw garbage("electricity-maps", "its datetime is no moment with a zone");
  const { emissionFactorType: given = asked, isEstimated } = latest;
  if (given !== "lifecycle" && given !== "direct")
    throw garbage("electricity-maps", "its emissionFactorType is neither lifecycle nor direct");
  // what does not say that it was measured was not
  const kind = isEstimated === false ? "measured" : "estimated";
  const slot = { kind, fromMs: null, toMs, gramsPerKwh } as const;
  const nowMs = services.clock.now();
  return signalsOf([slot], { zone, source: "electricity-maps", basis: given, accounting: "consumption", nowMs });
}
