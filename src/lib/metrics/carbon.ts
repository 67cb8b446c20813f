import type { RequestEvent } from "../../schema/event.ts";
import { type Emitted, emittedHere, sharesElsewhere } from "../sums/shares.ts";
import type { MetricRegistry } from "./registry.ts";

/** The families of regions, energy and emissions, and what one event adds to them; nothing where no region is known. */
export function carbonFamilies(registry: MetricRegistry): (event: RequestEvent) => void {
  const decisions = registry.counter({
    name: "weir_region_decisions_total",
    help: "How regions were found: what requests were routed by, in which mode, and why",
    labels: ["policy", "mode", "reason"],
  });
  const answers = registry.counter({
    name: "weir_region_answers_total",
    help: "Requests by the region that answered, and the class of the signal they are counted with",
    labels: ["region", "signal"],
  });
  const energy = registry.counter({
    name: "weir_energy_watt_hours_total",
    help: "Energy of answers, as receipts estimate it, where each part of them was made",
    labels: ["region"],
  });
  const emissions = registry.counter({
    name: "weir_emissions_grams_total",
    help: "Emissions of answers in gCO2e, usage and embodied, as receipts estimate them, where each part of them was made",
    labels: ["region"],
  });
  const took = (region: string, emitted: Emitted | null): void => {
    if (emitted?.energy_wh != null) energy.add([region], emitted.energy_wh);
    if (emitted?.gco2e != null) emissions.add([region], emitted.gco2e);
  };
  return (event) => {
    const { routing_trace: trace, carbon } = event;
    if (trace != null) decisions.add([trace.route_policy, trace.decision_mode, trace.decision_reason]);
    if (carbon == null) return;
    const region = carbon.region ?? "";
    answers.add([region, carbon.temporal_match ?? "none"]);
    took(region, emittedHere(event));
    if (carbon.parts === undefined) return;
    for (const { attempt, emitted } of sharesElsewhere(event)) took(attempt.region ?? "", emitted);
  };
}
