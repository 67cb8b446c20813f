import { tenths } from "../../lib/tenths.ts";
import type { RoutingTrace, TraceCandidate } from "../../schema/routing-trace.ts";
import type { TraceSignal } from "../../schema/signal.ts";
import { visible } from "../terminal/text.ts";

const grams = (value: number | null): string => (value === null ? "? g/kWh" : `${tenths(value)} g/kWh`);
/** Codes as words; a sentence keeps the names in it as they are. */
const plainly = (words: string): string =>
  visible(/^[a-z0-9]+(?:_[a-z0-9]+)*$/.test(words) ? words.replaceAll("_", " ") : words);

function signal(of: TraceSignal): string {
  const age =
    of.age_minutes === null
      ? "an annual average"
      : `${plainly(of.temporal_match)}, ${of.age_minutes.toFixed(1)} min old`;
  const kind = [of.signal_kind, of.basis, of.accounting].map(plainly).join(", ");
  return `${visible(of.zone)} ${grams(of.gco2_per_kwh)}, ${age} (${visible(of.source)}; ${kind})`;
}

function candidate({ target, region, gco2_per_kwh, class: known, reason }: TraceCandidate, width: number): string {
  const grid = known === null ? "grid unknown" : `${grams(gco2_per_kwh)} ${plainly(known)}`;
  const why = reason === null ? "" : `; left out: ${plainly(reason)}`;
  return `  ${visible(target).padEnd(width)}  ${visible(region ?? "no region")}, ${grid}${why}`;
}

/**
 * Why a request went to its region, for people: decision, signals, what came after, and who else there was. `target` is
 * who answered; null: nobody did.
 */
export function explainRouting(trace: RoutingTrace, target: string | null): string[] {
  const { failover, operational_signal: decider, receipt_signal: receipt, thresholds } = trace;
  const width = Math.max(0, ...trace.candidates.map(({ target }) => visible(target).length));
  const nowhere = target === null ? "no region answered" : `answered by ${visible(target)}, whose region nobody knows`;
  const region = trace.region === null ? nowhere : `answered from ${visible(trace.region)}`;
  const budget = thresholds.latency_budget_ms;
  const lines = [
    `  ${plainly(trace.route_policy)}, decided ${plainly(trace.decision_mode)}: ${visible(trace.decision_reason)}; ${region}`,
  ];
  if (decider !== null) lines.push(`  decided by ${signal(decider)}`);
  if (receipt !== null) lines.push(`  counted with ${signal(receipt)}`);
  if (failover !== null) {
    const from = failover.from_region === null ? "" : ` (${visible(failover.from_region)})`;
    lines.push(`  failed over from ${visible(failover.from_target)}${from}: ${visible(failover.reason)}`);
  }
  if (trace.route_policy === "carbon_aware") {
    const fresh = thresholds.accept_fresh ? `, fresh to ${thresholds.fresh_minutes} min` : "";
    const within = budget === null ? "no latency budget" : `latency budget ${budget} ms`;
    lines.push(`  signals live to ${thresholds.live_minutes} min${fresh}; ${within}`);
  }
  return [...lines, ...trace.candidates.map((each) => candidate(each, width))];
}
