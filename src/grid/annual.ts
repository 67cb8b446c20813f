import type { GridSignal } from "../carbon/signals.ts";
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
    const signals = zones.flatMap((zone): GridSignal[] => {
      const average = averages.get(zone);
      if (average === undefined) return [];
      return [
        {
          zone,
          gramsPerKwh: average.gramsPerKwh,
          basis: "unspecified",
          accounting: "unspecified",
          kind: "annual",
          source: average.source,
          fromMs: null,
          observedAtMs: null,
          fetchedAtMs: clock.now(),
        },
      ];
    });
    return { signals, faults: [] };
  },
};
