import { DAY_MS, MINUTE_MS } from "../lib/durations.ts";
import { thousandths } from "../lib/thousandths.ts";
import type { SignalAccounting, SignalBasis, SignalClass, SignalKind, TraceSignal } from "../schema/signal.ts";

/** The carbon intensity of one grid zone's electricity during one interval; moments in epoch milliseconds. */
export interface GridSignal {
  readonly zone: string;
  readonly gramsPerKwh: number;
  readonly basis: SignalBasis;
  readonly accounting: SignalAccounting;
  readonly kind: SignalKind;
  readonly source: string;
  /** Start of the interval; null where the source does not say. */
  readonly fromMs: number | null;
  /** End of the interval; null for an annual average. */
  readonly observedAtMs: number | null;
  readonly fetchedAtMs: number;
}

/** `carbon.freshness` and what goes with it. */
export interface FreshnessRules {
  readonly liveMs: number;
  readonly freshMs: number;
  /** Whether `fresh` may decide where a request goes. */
  readonly acceptFresh: boolean;
  /** Whether a forecast whose slot covers now may. */
  readonly acceptForecast: boolean;
}

/** The defaults of `carbon.freshness`: sources publish with delay, ENTSO-E 25 to 100 minutes late. */
export const DEFAULT_FRESHNESS: FreshnessRules = {
  liveMs: 30 * MINUTE_MS,
  freshMs: 120 * MINUTE_MS,
  acceptFresh: true,
  acceptForecast: false,
};

/** How old a measured or estimated signal may be and still stand in a receipt. */
export const RECEIPT_MAX_AGE_MS = 360 * MINUTE_MS;
/** How long ago a forecast may have been made. */
const FORECAST_MAX_AGE_MS = DAY_MS;
/** How far ahead of us a source's clock may be before its measurement is none. */
export const CLOCK_SKEW_MS = 5 * MINUTE_MS;

/** The annual average of a zone, and who says so. */
export interface Average {
  readonly gramsPerKwh: number;
  readonly source: string;
}

/** An annual average as a signal: what it counts nobody says, and it never decides anything. */
export function annualSignal(zone: string, { gramsPerKwh, source }: Average, nowMs: number): GridSignal {
  return {
    zone,
    gramsPerKwh,
    basis: "unspecified",
    accounting: "unspecified",
    kind: "annual",
    source,
    fromMs: null,
    observedAtMs: null,
    fetchedAtMs: nowMs,
  };
}

/** Milliseconds from the end of a signal's interval to now; null for an annual average. Negative: it lies ahead. */
export function ageMsOf(signal: GridSignal, nowMs: number): number | null {
  return signal.observedAtMs === null ? null : nowMs - signal.observedAtMs;
}

/** The class of a signal by its age. A forecast whose slot covers now is as good as its slot: `live`. */
export function classOf(signal: GridSignal, nowMs: number, rules: FreshnessRules): SignalClass {
  const age = ageMsOf(signal, nowMs);
  if (age === null || signal.kind === "annual") return "annual_fallback";
  if (age <= rules.liveMs) return "live";
  return age <= rules.freshMs ? "fresh" : "stale";
}

/** Whether an interval has ended, as far as two clocks can agree on that: what lies further ahead is no observation. */
export function isPast({ observedAtMs }: GridSignal, nowMs: number): boolean {
  return observedAtMs !== null && observedAtMs - nowMs <= CLOCK_SKEW_MS;
}

/** Whether a signal may decide where a request goes: never an estimate, never stale, never an average. */
export function isOperational(signal: GridSignal, nowMs: number, rules: FreshnessRules): boolean {
  const { kind, fromMs, observedAtMs, fetchedAtMs } = signal;
  if (observedAtMs === null) return false;
  if (kind === "forecast")
    return (
      rules.acceptForecast &&
      fromMs !== null &&
      fromMs <= nowMs &&
      nowMs < observedAtMs &&
      nowMs - fetchedAtMs <= FORECAST_MAX_AGE_MS
    );
  if (kind !== "measured" || !isPast(signal, nowMs)) return false;
  const age = nowMs - observedAtMs;
  return age <= rules.liveMs || (rules.acceptFresh && age <= rules.freshMs);
}

/** A signal against the moment of a request, as traces and receipts show it. */
export function traceOf(signal: GridSignal, nowMs: number, rules: FreshnessRules): TraceSignal {
  const age = ageMsOf(signal, nowMs);
  // in canonical order: a trace is hashed
  return {
    accounting: signal.accounting,
    age_minutes: age === null ? null : thousandths(age / MINUTE_MS),
    basis: signal.basis,
    gco2_per_kwh: signal.gramsPerKwh,
    live_eligible: isOperational(signal, nowMs, rules),
    observed_at: signal.observedAtMs === null ? null : new Date(signal.observedAtMs).toISOString(),
    requested_at: new Date(nowMs).toISOString(),
    signal_kind: signal.kind,
    source: signal.source,
    temporal_match: classOf(signal, nowMs, rules),
    zone: signal.zone,
  };
}
