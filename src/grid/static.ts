import { type Static, Type } from "@sinclair/typebox";
import type { GridSignal } from "../carbon/signals.ts";
import { Closed, oneOf } from "../schema/shapes.ts";
import { ACCOUNTING, BASIS, MOMENT } from "./_options.ts";
import { type Slot, signalsOf } from "./_signals.ts";
import { instantOf } from "./_values.ts";
import type { GridSource } from "./source.ts";

const StaticValue = Closed({
  zone: Type.String({ minLength: 1, description: "Zone of the grid" }),
  gco2_per_kwh: Type.Number({ minimum: 0, maximum: 5_000, description: "Carbon intensity" }),
  observed_at: Type.String({
    pattern: `${MOMENT}|^now$`,
    expects: "a moment with its zone, such as 2026-11-21T08:30:00Z, or now",
    description: "When it was observed; now: at every look",
  }),
  interval_start: Type.Optional(
    Type.String({ pattern: MOMENT, expects: "a moment with its zone", description: "Where the interval begins" }),
  ),
  basis: BASIS,
  accounting: ACCOUNTING,
  kind: oneOf(["measured", "estimated", "forecast"], {
    default: "measured",
    description: "Whether it counts as measured, estimated or forecast",
  }),
});
type StaticValue = Static<typeof StaticValue>;

/** Values that stand in the configuration: for tests, and for sites without a network. */
export const staticValues: GridSource<"static"> = {
  name: "static",
  summary: "Values that stand in the configuration: tests, sites without a network",
  options: { values: Type.Array(StaticValue, { minItems: 1, description: "What each zone's electricity emits" }) },
  baseUrl: null,
  needsKey: false,
  zones: null,
  async read({ zones, options }, { clock }) {
    const nowMs = clock.now();
    const values = (options["values"] ?? []) as readonly StaticValue[];
    const signals = values
      .filter(({ zone }) => zones.includes(zone))
      .flatMap((value): GridSignal[] => {
        const slot = slotOf(value, nowMs);
        if (slot === null) return [];
        const { zone, basis, accounting } = value;
        return signalsOf([slot], { zone, basis, accounting, source: "static", nowMs });
      });
    return { signals, faults: [] };
  },
};

function slotOf(value: StaticValue, nowMs: number): Slot | null {
  const toMs = value.observed_at === "now" ? nowMs : instantOf(value.observed_at);
  if (toMs === null) return null;
  const fromMs = value.interval_start === undefined ? null : instantOf(value.interval_start);
  return { kind: value.kind, fromMs, toMs, gramsPerKwh: value.gco2_per_kwh };
}
