import { type Catalogue, catalogueOf } from "../../carbon/regions.ts";
import { SignalTable } from "../../carbon/signal-table.ts";
import type { Config } from "../../config/config.ts";
import { freshnessRules } from "../../config/grid-plans.ts";
import { MINUTE_MS } from "../../lib/durations.ts";
import type { RequestEvent } from "../../schema/event.ts";
import type { RoutingTrace, TraceThresholds } from "../../schema/routing-trace.ts";
import type { SignalAccounting, SignalBasis, SignalClass, TraceSignal } from "../../schema/signal.ts";

/** What a zone's numbers count. */
interface Making {
  readonly basis: SignalBasis;
  readonly accounting: SignalAccounting;
}

/** What most sources publish, and what is taken of a zone of which nothing else is known. */
const USUAL: Making = { basis: "lifecycle", accounting: "production" };
/** What is taken of one that could not be compared with others. */
const UNUSUAL: Making = { basis: "direct", accounting: "production" };

/** How old a signal is taken to be where the record holds its class alone: in the middle of it, in minutes. */
function minutesOf(kind: SignalClass, { live_minutes: live, fresh_minutes: fresh }: TraceThresholds): number | null {
  switch (kind) {
    case "live":
      return live / 2;
    case "fresh":
      return (live + fresh) / 2;
    case "stale":
      return fresh + 1;
    case "annual_fallback":
      return null;
  }
}

function exactSignals({ operational_signal: decider, receipt_signal: counted }: RoutingTrace): TraceSignal[] {
  return [decider, counted].filter((signal) => signal !== null);
}

/**
 * What requests of the past knew of the grids, filled from their routing traces as time goes by. A trace has whole the
 * signals that it decided and counted with; of the others it has number and class, and what they count is known from
 * other requests: {@link survey} them all first.
 */
export class ReplaySignals {
  readonly table: SignalTable;
  readonly #catalogue: Catalogue;
  readonly #makings = new Map<string, Making>();
  /** Zones some of which could not be compared with others. */
  readonly #mixed = new Set<string>();

  constructor(config: Config) {
    this.table = new SignalTable(freshnessRules(config));
    this.#catalogue = catalogueOf(config.regions.catalogue);
  }

  /** Learns what the numbers of zones count. */
  survey({ routing_trace: trace }: RequestEvent): void {
    if (trace === null || trace === undefined) return;
    for (const { zone, basis, accounting, signal_kind: kind } of exactSignals(trace)) {
      if (kind !== "annual") this.#makings.set(zone, { basis, accounting });
    }
    for (const { region, reason } of trace.candidates) {
      const zone = this.#zoneOf(region);
      if (zone === null) continue;
      if (trace.decision_reason === "degraded_mixed_basis") this.#mixed.add(zone);
      if (reason !== "other_basis" || this.#makings.has(zone)) continue;
      this.#makings.set(zone, trace.operational_signal?.basis === "direct" ? USUAL : UNUSUAL);
    }
  }

  /** Takes in what stands in the trace of a request that comes now. */
  learn({ at, routing_trace: trace }: RequestEvent): void {
    if (trace === null || trace === undefined) return;
    const exact = exactSignals(trace);
    for (const { region, gco2_per_kwh: gramsPerKwh, class: kind } of trace.candidates) {
      const zone = this.#zoneOf(region);
      const minutes = kind === null ? null : minutesOf(kind, trace.thresholds);
      if (zone === null || gramsPerKwh === null || minutes === null) continue;
      if (exact.some((signal) => signal.zone === zone && signal.observed_at !== null)) continue;
      const making = this.#makings.get(zone) ?? (this.#mixed.has(zone) ? UNUSUAL : USUAL);
      this.#put(at, { zone, gramsPerKwh, ...making, source: "recorded", observedAtMs: at - minutes * MINUTE_MS });
    }
    for (const signal of exact) {
      const { observed_at: observed, signal_kind: kind, zone, basis, accounting, source } = signal;
      if (observed === null || kind === "annual") continue;
      // a forecast that decided then decides now: its slot is not in the record
      const observedAtMs = kind === "forecast" ? at : Date.parse(observed);
      const gramsPerKwh = signal.gco2_per_kwh;
      this.#put(at, { zone, gramsPerKwh, basis, accounting, source, observedAtMs }, kind === "estimated");
    }
  }

  #put(
    at: number,
    one: Making & { zone: string; gramsPerKwh: number; source: string; observedAtMs: number },
    isEstimate = false,
  ): void {
    this.table.put(0, [{ ...one, kind: isEstimate ? "estimated" : "measured", fromMs: null, fetchedAtMs: at }]);
  }

  #zoneOf(region: string | null): string | null {
    return region === null ? null : (this.#catalogue.get(region)?.gridZone ?? null);
  }
}
