import type { SignalClass } from "../schema/signal.ts";
import { around, type Estimate, sigmaOfRange, sumOf } from "./interval.ts";
import { CONSTANTS } from "./methodology.ts";
import type { ParameterCount } from "./model-size.ts";

/** What is known of the machine and the work; null where nobody knows. */
export interface EnergyInputs {
  readonly outputTokens: number;
  /** Seconds it took, as the gateway saw it; the estimate is never longer. */
  readonly generationS: number | null;
  readonly active: ParameterCount | null;
  readonly total: ParameterCount | null;
  /** GPUs of one instance as configured; null: as many as the weights need. */
  readonly gpus: number | null;
  readonly bits: number;
  readonly pue: number;
  /** Whether the operator states the PUE: then it is no estimate. */
  readonly pueStated: boolean;
  /** Litres per kWh. */
  readonly wueSite: number | null;
  readonly wueGrid: number | null;
  /** Wh per output token of the server, without PUE, as measured by the operator: in place of the formulas. */
  readonly measuredWhPerToken: number | null;
  readonly gridGramsPerKwh: number | null;
  readonly gridClass: SignalClass | null;
}

/** What the work took. Null where an input is missing. */
export interface EnergyResult {
  readonly gpus: number | null;
  readonly durationS: number | null;
  /** Wh, PUE included. */
  readonly energyWh: Estimate | null;
  readonly usageGrams: Estimate | null;
  readonly embodiedGrams: Estimate | null;
  /** Usage and embodied together. */
  readonly grams: Estimate | null;
  readonly waterMl: Estimate | null;
}

const { batch } = CONSTANTS;

/** Wh per output token and GPU. */
function energyPerToken(activeB: number): number {
  return CONSTANTS.energyAlpha * Math.exp(CONSTANTS.energyBeta * batch) * activeB + CONSTANTS.energyGamma;
}

/** Seconds per output token. */
function latencyPerToken(activeB: number): number {
  return CONSTANTS.latencyAlpha * activeB + CONSTANTS.latencyBeta * batch + CONSTANTS.latencyGamma;
}

/** GPUs that hold the weights, as a power of two. */
export function gpusFor(totalB: number, bits: number): number {
  const needed = Math.ceil((CONSTANTS.memoryOverhead * totalB * bits) / 8 / CONSTANTS.gpuMemoryGb);
  return 2 ** Math.ceil(Math.log2(Math.max(1, needed)));
}

/** The machine's part: kWh of the whole server, of its parts without GPUs, and gCO2e of making it. */
interface Machine {
  readonly gpus: number;
  readonly durationS: number;
  readonly nodeKwh: number;
  readonly serverKwh: number;
  readonly embodiedGrams: number;
}

/** The formulas of `METHODOLOGY`, for one request on a machine of known size; null: its model's size is not known. */
export function machineOf(inputs: EnergyInputs): Machine | null {
  const { active, total, outputTokens, generationS } = inputs;
  if (active === null || total === null) return null;
  const gpus = inputs.gpus ?? gpusFor(total.value, inputs.bits);
  const modelled = outputTokens * latencyPerToken(active.value);
  const durationS = generationS === null ? modelled : Math.min(modelled, generationS);
  const nodeKwh = ((durationS / 3600) * CONSTANTS.serverPowerKw * (gpus / CONSTANTS.serverGpus)) / batch;
  const serverKwh = nodeKwh + (gpus * outputTokens * energyPerToken(active.value)) / 1000;
  const makingKg = (gpus / CONSTANTS.serverGpus) * CONSTANTS.serverEmbodiedKg + gpus * CONSTANTS.gpuEmbodiedKg;
  const embodiedGrams = ((1000 * durationS) / (batch * CONSTANTS.lifetimeS)) * makingKg;
  return { gpus, durationS, nodeKwh, serverKwh, embodiedGrams };
}

/** Energy, emissions and water of one request with their 90 % intervals. Pure: a verifier gets the same numbers. */
export function energyOf(inputs: EnergyInputs): EnergyResult {
  const machine = machineOf(inputs);
  const measured = inputs.measuredWhPerToken;
  const serverKwh = measured === null ? (machine?.serverKwh ?? null) : (measured * inputs.outputTokens) / 1000;
  const params = inputs.active === null ? 0 : sigmaOfRange(inputs.active.lo, inputs.active.hi);
  const pue = inputs.pueStated ? 0 : CONSTANTS.sigmaPue;
  const model =
    measured === null ? [params, CONSTANTS.sigmaBatch, CONSTANTS.sigmaEnergyModel] : [CONSTANTS.sigmaTelemetry];
  const sigmas = [pue, ...model];
  const embodiedGrams =
    machine === null ? null : around(machine.embodiedGrams, measured === null ? [params, CONSTANTS.sigmaBatch] : []);
  const facts = { gpus: machine?.gpus ?? null, durationS: machine?.durationS ?? null, embodiedGrams };
  if (serverKwh === null) return { ...facts, energyWh: null, usageGrams: null, grams: null, waterMl: null };
  const requestKwh = inputs.pue * serverKwh;
  const { gridGramsPerKwh: grid, gridClass, wueSite, wueGrid } = inputs;
  const usageGrams =
    grid === null || gridClass === null ? null : around(requestKwh * grid, [...sigmas, CONSTANTS.sigmaGrid[gridClass]]);
  const litres = wueSite === null || wueGrid === null ? null : serverKwh * (wueSite + inputs.pue * wueGrid);
  return {
    ...facts,
    energyWh: around(1000 * requestKwh, sigmas),
    usageGrams,
    grams: usageGrams === null || embodiedGrams === null ? null : sumOf([usageGrams, embodiedGrams]),
    waterMl: litres === null ? null : around(1000 * litres, sigmas),
  };
}
