import { type FactorBasis, intensityOf, type MixPart } from "../carbon/mix.ts";
import { asObject } from "../lib/json/json.ts";
import { BASIS } from "./_options.ts";
import { askJson, garbage } from "./_request.ts";
import { eachZone, signalsOf } from "./_signals.ts";
import { numberOf, utcOf, wordOf } from "./_values.ts";
import type { GridSource } from "./source.ts";

const PLANTS = ["hydro", "geothermal", "oil"] as const;

/** Landsnet's meter of Iceland: what the three kinds of plants make now. Its moments are UTC and do not say so. */
export const landsnet: GridSource<"landsnet"> = {
  name: "landsnet",
  summary: "Landsnet: Iceland's mix at this minute, no key",
  options: { basis: BASIS },
  baseUrl: "https://amper.landsnet.is",
  needsKey: false,
  zones: ["IS"],
  read: (query, services) =>
    eachZone(query.zones, async (zone) => {
      const answer = await askJson({ source: "landsnet", path: "/generation/api/Values" }, query, services);
      const values = asObject(answer);
      const toMs = utcOf(values["timestamp"]);
      if (toMs === null) throw garbage("landsnet", "its timestamp is no moment");
      const mix = PLANTS.map((plant): MixPart => {
        const megawatts = numberOf(values[plant]);
        if (megawatts === null) throw garbage("landsnet", `its ${plant} is no number`);
        return [plant, megawatts];
      });
      const basis = wordOf<FactorBasis>(query.options, "basis");
      const gramsPerKwh = intensityOf(mix, basis, zone);
      if (gramsPerKwh === null) return [];
      const nowMs = services.clock.now();
      const slot = { kind: "measured", fromMs: null, toMs, gramsPerKwh } as const;
      return signalsOf([slot], { zone, source: "landsnet", basis, accounting: "production", nowMs });
    }),
};
