import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, oneOf } from "./shapes.ts";

/** Whether upstream emissions (building, fuel) are in the number. An annual average of unknown making is `unspecified`. */
export const SignalBasis = oneOf(["lifecycle", "direct", "unspecified"], {
  description: "whether upstream emissions are counted",
});
export type SignalBasis = Static<typeof SignalBasis>;

/** Whether it is what a zone produces or what it uses, imports included. */
export const SignalAccounting = oneOf(["production", "consumption", "unspecified"], {
  description: "of what a zone makes, or uses",
});
export type SignalAccounting = Static<typeof SignalAccounting>;

/** How a number came about. */
export const SignalKind = oneOf(["measured", "estimated", "forecast", "annual"], {
  description: "how the number came about",
});
export type SignalKind = Static<typeof SignalKind>;

/** A signal's class by its age at the moment of a request. */
export const SignalClass = oneOf(["live", "fresh", "stale", "annual_fallback"], {
  description: "class by age at the request",
});
export type SignalClass = Static<typeof SignalClass>;

/** A moment as text: ISO 8601 in UTC. */
export const Moment = Type.String({ description: "ISO 8601, UTC" });

/** A signal as a routing trace shows it: against the moment of the request. */
export const TraceSignal = Closed({
  zone: Type.String(),
  source: Type.String(),
  signal_kind: SignalKind,
  basis: SignalBasis,
  accounting: SignalAccounting,
  gco2_per_kwh: Type.Number(),
  observed_at: nullable(Moment),
  requested_at: Moment,
  age_minutes: nullable(Type.Number()),
  temporal_match: SignalClass,
  live_eligible: Type.Boolean({ description: "whether it may decide where a request goes" }),
});
export type TraceSignal = Static<typeof TraceSignal>;
