import type { ReceiptInput, ReceiptInputs, ReceiptPart } from "../schema/receipt.ts";
import type { TraceSignal } from "../schema/signal.ts";
import { type EnergyResult, energyOf } from "./energy.ts";
import { type Estimate, sumOf } from "./interval.ts";
import { energyInputs, type Profile } from "./receipt-inputs.ts";

/** What one target did for one answer. */
export interface Work {
  readonly profile: Profile;
  /** Null: nobody has said. */
  readonly completionTokens: number | null;
  /** Who counted them: `upstream usage`, or `estimated by the gateway`. */
  readonly tokensSource: string;
  /** Seconds from asking to the end, as the gateway saw it; null: not measured. */
  readonly generationS: number | null;
  /** The signal that is counted with: the newest that is fit for a receipt, else the annual average. */
  readonly signal: TraceSignal | null;
}

/** One part with what is missing in it. */
export interface Part {
  readonly part: ReceiptPart;
  readonly exclusions: readonly string[];
}

type Estimates = ReturnType<typeof estimateFields>;

/** Names of inputs, in canonical order. */
const INPUTS = [
  "active_params_b",
  "batch",
  "bits",
  "completion_tokens",
  "generation_seconds",
  "gpus",
  "grid_intensity",
  "measured_wh_per_token",
  "pue",
  "total_params_b",
  "wue_grid",
  "wue_site",
] as const;

/** The estimate of one target's work and everything it rests on. Its members stand in canonical order. */
export function partOf(work: Work): Part {
  const { profile, signal } = work;
  const inputs = inputsOf(work);
  const made = estimatesFrom(inputs, signal);
  const part: ReceiptPart = {
    accounting: signal?.accounting ?? null,
    basis: signal?.basis ?? null,
    completion_tokens: work.completionTokens,
    energy_wh: made.energy_wh,
    energy_wh_ci90_hi: made.energy_wh_ci90_hi,
    energy_wh_ci90_lo: made.energy_wh_ci90_lo,
    gco2e: made.gco2e,
    gco2e_ci90_hi: made.gco2e_ci90_hi,
    gco2e_ci90_lo: made.gco2e_ci90_lo,
    gco2e_embodied: made.gco2e_embodied,
    gco2e_usage: made.gco2e_usage,
    grid_intensity_age_minutes: signal?.age_minutes ?? null,
    grid_intensity_gco2_per_kwh: signal?.gco2_per_kwh ?? null,
    grid_intensity_observed_at: signal?.observed_at ?? null,
    grid_intensity_requested_at: signal?.requested_at ?? null,
    grid_intensity_source: signal?.source ?? null,
    grid_temporal_match: signal?.temporal_match ?? null,
    grid_zone: signal?.zone ?? null,
    inputs,
    ml_water: made.ml_water,
    ml_water_ci90_hi: made.ml_water_ci90_hi,
    ml_water_ci90_lo: made.ml_water_ci90_lo,
    model: profile.machine.model,
    region: profile.machine.region,
    target: profile.machine.target,
    tier: tierOf(inputs),
  };
  return { part, exclusions: [...profile.exclusions, ...missing(work)] };
}

/** How well an estimate is founded: 3 where the operator measured its energy, else 2. */
export function tierOf(inputs: ReceiptInputs): 2 | 3 {
  return inputs["measured_wh_per_token"] === undefined ? 2 : 3;
}

function inputsOf({ profile, signal, completionTokens, tokensSource, generationS }: Work): ReceiptInputs {
  const inputs: Record<string, ReceiptInput> = {};
  const counted = completionTokens !== null && completionTokens > 0;
  for (const name of INPUTS) {
    const known = profile.inputs[name];
    if (known !== undefined) inputs[name] = known;
    else if (name === "completion_tokens" && counted) {
      inputs[name] = { source: tokensSource, unit: "tokens", value: completionTokens };
    } else if (name === "generation_seconds" && counted && generationS !== null) {
      inputs[name] = { source: "measured by the gateway", unit: "s", value: generationS };
    } else if (name === "grid_intensity" && signal !== null) {
      inputs[name] = { source: signal.source, unit: "gCO2e/kWh", value: signal.gco2_per_kwh };
    }
  }
  return inputs;
}

function missing({ completionTokens, signal, profile }: Work): string[] {
  const codes: string[] = [];
  if (completionTokens === null) codes.push("unknown_usage");
  else if (completionTokens === 0) codes.push("no_output_tokens");
  if (profile.machine.region === null) codes.push("unknown_region");
  else if (signal === null) codes.push("unknown_grid_intensity");
  return codes;
}

const NOTHING: EnergyResult = {
  gpus: null,
  durationS: null,
  energyWh: null,
  usageGrams: null,
  embodiedGrams: null,
  grams: null,
  waterMl: null,
};

/** The estimates that follow from stated inputs and a grid: what a verifier works out anew. */
export function estimatesFrom(
  inputs: ReceiptInputs,
  signal: Pick<TraceSignal, "gco2_per_kwh" | "temporal_match"> | null,
): Estimates {
  const stated = energyInputs(inputs, { grams: signal?.gco2_per_kwh ?? null, class: signal?.temporal_match ?? null });
  const { energyWh, grams, usageGrams, embodiedGrams, waterMl } = stated === null ? NOTHING : energyOf(stated);
  return estimateFields({
    energyWh,
    grams,
    usage: usageGrams?.value ?? null,
    embodied: embodiedGrams?.value ?? null,
    waterMl,
  });
}

function estimateFields(of: {
  energyWh: Estimate | null;
  grams: Estimate | null;
  usage: number | null;
  embodied: number | null;
  waterMl: Estimate | null;
}) {
  const { energyWh, grams, usage, embodied, waterMl } = of;
  return {
    energy_wh: energyWh?.value ?? null,
    energy_wh_ci90_lo: energyWh?.lo ?? null,
    energy_wh_ci90_hi: energyWh?.hi ?? null,
    gco2e: grams?.value ?? null,
    gco2e_ci90_lo: grams?.lo ?? null,
    gco2e_ci90_hi: grams?.hi ?? null,
    gco2e_usage: usage,
    gco2e_embodied: embodied,
    ml_water: waterMl?.value ?? null,
    ml_water_ci90_lo: waterMl?.lo ?? null,
    ml_water_ci90_hi: waterMl?.hi ?? null,
  };
}

/** What several parts come to: sums of values and of bounds; null where one of them is. */
export function estimatesOfParts(parts: readonly Estimates[]): Estimates {
  const number = (key: keyof Estimates): number | null => {
    let sum = 0;
    for (const part of parts) {
      const value = part[key];
      if (value === null) return null;
      sum += value;
    }
    return sum;
  };
  const estimate = (key: "energy_wh" | "gco2e" | "ml_water"): Estimate | null => {
    const each = parts.map((part): Estimate | null => {
      const value = part[key];
      const lo = part[`${key}_ci90_lo`];
      const hi = part[`${key}_ci90_hi`];
      return value === null || lo === null || hi === null ? null : { value, lo, hi };
    });
    return each.includes(null) ? null : sumOf(each as Estimate[]);
  };
  return estimateFields({
    energyWh: estimate("energy_wh"),
    grams: estimate("gco2e"),
    usage: number("gco2e_usage"),
    embodied: number("gco2e_embodied"),
    waterMl: estimate("ml_water"),
  });
}
