import { HOUR_MS, MINUTE_MS } from "../lib/durations.ts";
import { isObject, memberOf } from "../lib/json/json.ts";
import type { SignalAccounting } from "../schema/signal.ts";
import { ACCOUNTING } from "./_options.ts";
import { askJson, garbage } from "./_request.ts";
import { eachZone, type Slot, signalsOf } from "./_signals.ts";
import { gramsOf, instantOf, wordOf } from "./_values.ts";
import type { GridSource } from "./source.ts";

/** Datasets: emission factor of what Finland makes, and of what it uses, every three minutes. */
const DATASETS: Readonly<Record<string, string>> = { production: "266", consumption: "265" };
const STEP_MS = 3 * MINUTE_MS;
const BACK_MS = 6 * HOUR_MS;

/** Fingrid's open data: direct CO2 of Finland's electricity, every three minutes. */
export const fingrid: GridSource<"fingrid"> = {
  name: "fingrid",
  summary: "Fingrid open data: direct CO2 of Finland's electricity every 3 minutes",
  options: { accounting: ACCOUNTING },
  baseUrl: "https://data.fingrid.fi",
  needsKey: true,
  zones: ["FI"],
  read: (query, services) =>
    eachZone(query.zones, async (zone) => {
      const accounting = wordOf<SignalAccounting>(query.options, "accounting");
      const dataset = DATASETS[accounting]!;
      const startTime = new Date(services.clock.now() - BACK_MS).toISOString();
      const search = { startTime, pageSize: "150", sortBy: "startTime", sortOrder: "desc" };
      const headers = query.key === null ? {} : { "x-api-key": query.key.reveal() };
      const path = `/api/datasets/${dataset}/data`;
      const answer = await askJson({ source: "fingrid", path, search, headers }, query, services);
      const rows = memberOf(answer, "data");
      if (!Array.isArray(rows)) throw garbage("fingrid", "its answer has no data");
      const nowMs = services.clock.now();
      const slots = rows.flatMap((row: unknown) => slotOf(row, dataset));
      return signalsOf(slots, { zone, source: "fingrid", basis: "direct", accounting, nowMs });
    }),
};

function slotOf(row: unknown, dataset: string): Slot[] {
  if (!isObject(row) || (row["datasetId"] !== undefined && String(row["datasetId"]) !== dataset)) return [];
  const fromMs = instantOf(row["startTime"]);
  const gramsPerKwh = gramsOf(row["value"]);
  if (fromMs === null || gramsPerKwh === null) return [];
  const endMs = instantOf(row["endTime"]);
  const toMs = endMs !== null && endMs > fromMs ? endMs : fromMs + STEP_MS;
  return [{ kind: "measured", fromMs, toMs, gramsPerKwh }];
}
