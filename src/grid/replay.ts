import { type Static, Type } from "@sinclair/typebox";
import type { GridSignal } from "../carbon/signals.ts";
import { Closed, nullable, oneOf } from "../schema/shapes.ts";
import { ACCOUNTING, BASIS, MOMENT } from "./_options.ts";
import { type Slot, signalsOf } from "./_signals.ts";
import { instantOf } from "./_values.ts";
import type { GridSource } from "./source.ts";

/** Steps of one series: an hour of seconds would be 3,600. */
const MAX_STEPS = 2_880;

const Series = Closed({
  zone: Type.String({ minLength: 1, maxLength: 100, description: "Zone of the grid" }),
  gco2_per_kwh: Type.Array(nullable(Type.Number({ minimum: 0, maximum: 5_000 }), { expects: "0 to 5000, or null" }), {
    minItems: 1,
    maxItems: MAX_STEPS,
    description: "One value for each step, over and over; null: nothing is published",
  }),
  basis: BASIS,
  accounting: ACCOUNTING,
  kind: oneOf(["measured", "estimated"], {
    default: "measured",
    description: "Whether they count as measured or as estimated",
  }),
});
type Series = Static<typeof Series>;

/** Values of the configuration that follow one another by the clock, over and over: for demonstrations and rehearsals. */
export const replay: GridSource<"replay"> = {
  name: "replay",
  summary: "Values of the configuration that change by the clock: demonstrations, rehearsals",
  options: {
    series: Type.Array(Series, { minItems: 1, maxItems: 100, description: "The values of each zone, step by step" }),
    step_seconds: Type.Number({ minimum: 1, maximum: 86_400, default: 60, description: "How long one value holds" }),
    starts_at: Type.String({
      pattern: MOMENT,
      default: "1970-01-01T00:00:00Z",
      expects: "a moment with its zone, such as 2026-11-21T08:30:00Z",
      description: "When a first value began to hold",
    }),
  },
  baseUrl: null,
  needsKey: false,
  zones: null,
  async read({ zones, options }, { clock }) {
    const nowMs = clock.now();
    const stepMs = Number(options["step_seconds"]) * 1000;
    const startMs = instantOf(options["starts_at"]) ?? 0;
    const series = (options["series"] ?? []) as readonly Series[];
    const signals = series
      .filter(({ zone }) => zones.includes(zone))
      .flatMap(({ zone, basis, accounting, kind, gco2_per_kwh: values }): GridSignal[] => {
        const slots = lastRound(values, Math.floor((nowMs - startMs) / stepMs)).map(({ step, gramsPerKwh }): Slot => {
          const fromMs = startMs + step * stepMs;
          return { kind, fromMs, toMs: fromMs + stepMs, gramsPerKwh };
        });
        return signalsOf(slots, { zone, basis, accounting, source: "replay", nowMs });
      });
    return { signals, faults: [] };
  },
};

/** What was published in the last steps, as many as there are values, up to the one that holds now. */
function lastRound(values: Series["gco2_per_kwh"], now: number): { step: number; gramsPerKwh: number }[] {
  return values.flatMap((_, at) => {
    const step = now - values.length + 1 + at;
    const gramsPerKwh = values[((step % values.length) + values.length) % values.length] ?? null;
    return gramsPerKwh === null ? [] : [{ step, gramsPerKwh }];
  });
}
