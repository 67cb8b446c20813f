import { annualSignal } from "../carbon/signals.ts";
import type { GridSource } from "./source.ts";

/** The annual averages of the catalogue's regions: they may stand in receipts, are called what they are, and decide nothing. */
export const annual: GridSource<"annual"> = {
  name: "annual",
  summary: "Annual averages of the catalogue: for receipts, they never decide",
  options: {},
  baseUrl: null,
  needsKey: false,
  zones: null,
  async read({ zones, averages }, { clock }) {
    const nowMs = clock.now();
    const signals = zones.flatMap((zone) => {
      const average = averages.get(zone);
      return average === undefined ? [] : [annualSignal(zone, average, nowMs)];
    });
    return { signals, faults: [] };
  },
};
