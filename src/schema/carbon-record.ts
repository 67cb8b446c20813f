import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, nullableNumber } from "./shapes.ts";
import { SignalClass } from "./signal.ts";

const number = nullable(Type.Number());
const text = nullable(Type.String());

const estimates = {
  energy_wh: number,
  energy_wh_ci90_lo: number,
  energy_wh_ci90_hi: number,
  gco2e: number,
  gco2e_ci90_lo: number,
  gco2e_ci90_hi: number,
};

/** What one of several targets that worked on an answer has of its sums. */
export const CarbonShare = Closed({ target: Type.String(), ...estimates });
export type CarbonShare = Static<typeof CarbonShare>;

/** What the ledger keeps of a request's energy and emissions; null where nobody knows. Its receipt says the rest. */
export const CarbonRecord = Closed({
  receipt_id: text,
  region: text,
  tier: Type.Integer({ description: "3: telemetry of the operator, 2: parametric estimate" }),
  temporal_match: nullable(SignalClass),
  ...estimates,
  gco2e_usage: number,
  default_region: nullable(Type.String(), {
    description: "where the default path led",
  }),
  gco2e_usage_default: nullableNumber(
    "usage of the same energy there at the same time; null where the two grids cannot be compared",
  ),
  parts: Type.Optional(
    Type.Array(CarbonShare, {
      description: "whose the sums are, where several targets worked on the answer; the last one finished it",
    }),
  ),
});
export type CarbonRecord = Static<typeof CarbonRecord>;
