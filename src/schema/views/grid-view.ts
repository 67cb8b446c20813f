import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, nullableNumber, oneOf } from "../shapes.ts";
import { TraceSignal } from "../signal.ts";

/** How one grid source does. */
export const GridSourceView = Closed({
  source: Type.String(),
  zones: Type.Readonly(Type.Array(Type.String())),
  host: nullable(Type.String(), { description: "who is asked; null: nobody" }),
  state: oneOf(["waiting", "ok", "partial", "no_data", "failing"], {
    description: "waiting: not asked yet; partial: some zones failed; no_data: it answered without any",
  }),
  asked: Type.Integer(),
  failures: Type.Integer(),
  consecutive_failures: Type.Integer(),
  asked_at: nullableNumber("epoch milliseconds"),
  succeeded_at: nullableNumber("epoch milliseconds"),
  next_at: nullableNumber("when it is asked again, epoch milliseconds"),
  last_error: nullable(Type.String()),
});
export type GridSourceView = Omit<Static<typeof GridSourceView>, "zones"> & { readonly zones: readonly string[] };

/** What is best known of one grid zone: what may decide, else the newest value, else the last, else the average. */
export const GridZoneView = Closed({
  zone: Type.String(),
  signal: nullable(TraceSignal),
  is_operational: Type.Boolean({ description: "whether some signal of the zone may decide where a request goes" }),
});
export type GridZoneView = Static<typeof GridZoneView>;
