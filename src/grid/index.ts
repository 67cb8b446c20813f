import { annual } from "./annual.ts";
import { electricityMaps } from "./electricity-maps.ts";
import { energinet } from "./energinet.ts";
import { energyCharts } from "./energy-charts.ts";
import { entsoe } from "./entsoe.ts";
import { fingrid } from "./fingrid.ts";
import { landsnet } from "./landsnet.ts";
import { replay } from "./replay.ts";
import { rteEco2mix } from "./rte-eco2mix.ts";
import { staticValues } from "./static.ts";
import { statnett } from "./statnett.ts";
import { ukCarbonIntensity } from "./uk-carbon-intensity.ts";

/** Every grid-intensity source, by the name that configurations use. */
export const gridSources = {
  entsoe,
  "rte-eco2mix": rteEco2mix,
  "energy-charts": energyCharts,
  statnett,
  landsnet,
  fingrid,
  "electricity-maps": electricityMaps,
  energinet,
  "uk-carbon-intensity": ukCarbonIntensity,
  static: staticValues,
  replay,
  annual,
};
