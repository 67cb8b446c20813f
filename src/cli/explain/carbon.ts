import type { CarbonRecord } from "../../schema/carbon-record.ts";
import { short, visible } from "../terminal/text.ts";

/** `0.182 (0.068 to 0.486)`: the value and what holds it nine times in ten. */
function estimate(value: number | null, lo: number | null, hi: number | null): string {
  if (value === null) return "unknown";
  return lo === null || hi === null ? short(value) : `${short(value)} (90 %: ${short(lo)} to ${short(hi)})`;
}

/** What a request took in energy and emissions, as its ledger row knows it, by label; for people. */
export function explainCarbon(carbon: CarbonRecord): [label: string, text: string][] {
  const { tier, temporal_match: grid, gco2e_usage: usage } = carbon;
  const basis = tier === 3 ? "telemetry of the operator" : "estimated from the model's size";
  const signal = grid === null ? "grid unknown" : `grid ${grid.replaceAll("_", " ")}`;
  const used = usage === null ? "usage unknown" : `${short(usage)} of usage`;
  const energy = estimate(carbon.energy_wh, carbon.energy_wh_ci90_lo, carbon.energy_wh_ci90_hi);
  const grams = estimate(carbon.gco2e, carbon.gco2e_ci90_lo, carbon.gco2e_ci90_hi);
  return [
    ["energy Wh", carbon.energy_wh === null ? energy : `${energy}, ${basis}`],
    ["gCO2e", `${grams}, ${used}; ${signal}`],
    ["receipt", carbon.receipt_id === null ? "none" : visible(carbon.receipt_id)],
  ];
}
