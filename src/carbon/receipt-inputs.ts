import water from "../../config/water.json" with { type: "json" };
import type { ReceiptInput, ReceiptInputs } from "../schema/receipt.ts";
import type { SignalClass } from "../schema/signal.ts";
import type { EnergyInputs } from "./energy.ts";
import { CONSTANTS } from "./methodology.ts";
import { type ParameterCount, sizeOf } from "./model-size.ts";

/** The source of a number that the operator of the gateway states: it counts as known, without an interval of its own. */
export const OPERATOR = "operator configuration";

/** What a target's configuration says of its machine (`energy`). */
export interface EnergySettings {
  readonly active_params_b?: number | undefined;
  readonly total_params_b?: number | undefined;
  readonly gpus?: number | undefined;
  readonly bits?: number | undefined;
  readonly pue?: number | undefined;
  readonly wue?: number | undefined;
  readonly measured_wh_per_token?: number | undefined;
}

/** One model at one target, for the purposes of a receipt. */
export interface Machine {
  readonly target: string;
  /** The model's name as its upstream knows it. */
  readonly model: string;
  readonly provider: string;
  /** Null: unknown. */
  readonly region: string | null;
  /** ISO 3166 code of the region's country; null where there is no region. */
  readonly country: string | null;
  readonly energy: EnergySettings;
}

/** What does not change from one request to the next, worked out once per target and model. */
export interface Profile {
  readonly machine: Machine;
  readonly inputs: ReceiptInputs;
  readonly exclusions: readonly string[];
}

/** An input of a receipt, its members in canonical order like all that is signed. */
const input = (value: number, unit: string, source: string): ReceiptInput => ({ source, unit, value });
/** The source of a constant of the methodology; what stands behind it says which. */
export const METHOD = "methodology";

/** Works out a {@link Profile}. */
export function profileOf(machine: Machine): Profile {
  const { energy, provider, country } = machine;
  const inputs: Record<string, ReceiptInput> = { ...parameters(machine) };
  const exclusions: string[] = [];
  const measured = energy.measured_wh_per_token;
  if (measured === undefined) exclusions.push("prompt_processing");
  else inputs["measured_wh_per_token"] = input(measured, "Wh per output token, PUE not included", OPERATOR);
  // telemetry knows the energy, and not what it took to make the machine
  if (inputs["active_params_b"] === undefined) exclusions.push("unknown_model_size");
  inputs["batch"] = input(CONSTANTS.batch, "requests", METHOD);
  inputs["bits"] = input(energy.bits ?? CONSTANTS.bits, "bits", energy.bits === undefined ? METHOD : OPERATOR);
  if (energy.gpus !== undefined) inputs["gpus"] = input(energy.gpus, "GPUs of 80 GB", OPERATOR);
  inputs["pue"] = pueOf(provider, energy);
  const site = energy.wue ?? (water.site as Readonly<Record<string, number>>)[provider];
  if (site === undefined) exclusions.push("unknown_site_water");
  else inputs["wue_site"] = input(site, water.unit, energy.wue === undefined ? water.site_source : OPERATOR);
  const grid = country === null ? undefined : (water.grid as Readonly<Record<string, number>>)[country];
  if (grid === undefined) exclusions.push("unknown_grid_water");
  else inputs["wue_grid"] = input(grid, water.unit, `${country}: ${water.grid_source}`);
  return { machine, inputs, exclusions };
}

function pueOf(provider: string, { pue }: EnergySettings): ReceiptInput {
  if (pue !== undefined) return input(pue, "ratio", OPERATOR);
  if (provider !== "mistral") return input(CONSTANTS.pue, "ratio", METHOD);
  return input(CONSTANTS.pueMistral, "ratio", `${METHOD}: EcoLogits 0.9, Mistral AI`);
}

/** The model's size: what the operator says, else the table; one number alone is a dense model's. */
function parameters({ model, energy }: Machine): Record<string, ReceiptInput> {
  const known = sizeOf(model);
  const unit = "1e9 parameters";
  const stated = (value: number): ReceiptInput => input(value, unit, OPERATOR);
  const tabled = ({ value, lo, hi }: ParameterCount, source: string): ReceiptInput =>
    lo === hi ? input(value, unit, source) : { hi, lo, ...input(value, unit, source) };
  const { active_params_b: active, total_params_b: total } = energy;
  if (active === undefined && total === undefined) {
    if (known === null) return {};
    return {
      active_params_b: tabled(known.active, known.source),
      total_params_b: tabled(known.total, known.source),
    };
  }
  return { active_params_b: stated(active ?? total!), total_params_b: stated(total ?? active!) };
}

/** The inputs of an estimate, from what a receipt states of them. A verifier reads the same. */
export function energyInputs(
  stated: ReceiptInputs,
  grid: { readonly grams: number | null; readonly class: SignalClass | null },
): EnergyInputs | null {
  const value = (name: string): number | null => stated[name]?.value ?? null;
  const outputTokens = value("completion_tokens");
  const pue = stated["pue"];
  if (outputTokens === null || pue === undefined) return null;
  return {
    outputTokens,
    generationS: value("generation_seconds"),
    active: countOf(stated["active_params_b"]),
    total: countOf(stated["total_params_b"]),
    gpus: value("gpus"),
    bits: value("bits") ?? CONSTANTS.bits,
    pue: pue.value,
    pueStated: pue.source === OPERATOR,
    wueSite: value("wue_site"),
    wueGrid: value("wue_grid"),
    measuredWhPerToken: value("measured_wh_per_token"),
    gridGramsPerKwh: grid.grams,
    gridClass: grid.class,
  };
}

function countOf(stated: ReceiptInput | undefined): ParameterCount | null {
  if (stated === undefined) return null;
  const { value, lo = value, hi = value } = stated;
  return { value, lo, hi };
}
