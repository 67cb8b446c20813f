import factors from "../../config/factors.json" with { type: "json" };
import modelSizes from "../../config/model-sizes.json" with { type: "json" };
import water from "../../config/water.json" with { type: "json" };

/** Names the formulas, constants and tables below; changes with any of them. */
export const METHODOLOGY_VERSION = "weir-energy-3";

/**
 * Earlier versions and their hashes, of which the formulas and the constants were those of today and only the tables
 * others: receipts state what they took from a table, so theirs are worked out in the same way.
 */
export const EARLIER_METHODOLOGIES: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "weir-energy-1",
    [
      // sources of the tables told at greater length
      "f13b6a19af6c6e55589e1c2c17496ce669e69612c22b3b605077c0372c769b27",
      // before Codestral Mamba had a size of its own, and with it
      "504c8b5c68645aaf15a45e5bc91300579ded978a07531718e6712628e659375d",
      "8bb1352a3929a25ed137aeb304e944e093372edfe1c8f59d0dc8ca472b62da5d",
    ],
  ],
  // before the factors of generation, and the open models that European providers serve
  ["weir-energy-2", ["2de68fffd4b9c17f97fdb7adcf2fb887fb6c4c9d17c4c680b8bca7a1d570051b"]],
]);

/**
 * The constants of the estimate. EcoLogits 0.9.1 (genai-impact/ecologits, `impacts/llm.py` @2d0a1c7), whose fits stand on
 * the ML.ENERGY leaderboard; formulas re-implemented. Units stand behind each.
 */
export const CONSTANTS = {
  /** GPU energy per output token: `alpha·exp(beta·batch)·activeB + gamma`, Wh per token and GPU. */
  energyAlpha: 1.1665273170451914e-6,
  energyBeta: -0.011205921025579175,
  energyGamma: 4.052928146734005e-5,
  /** Time per output token: `alpha·activeB + beta·batch + gamma`, seconds. */
  latencyAlpha: 0.0006785088094353663,
  latencyBeta: 0.0003119310311688259,
  latencyGamma: 0.019473717579473387,
  /** Requests that share a server at one time. */
  batch: 64,
  /** Bits of one weight. */
  bits: 16,
  /** Memory of one GPU in GB, and what a model needs beyond its weights. */
  gpuMemoryGb: 80,
  memoryOverhead: 1.2,
  /** Power of a server without its GPUs in kW, and how many GPUs it holds. */
  serverPowerKw: 1.2,
  serverGpus: 8,
  /** Emissions of making a server without GPUs and one GPU, in kgCO2e, and how long they serve, in seconds (3 years). */
  serverEmbodiedKg: 5700,
  gpuEmbodiedKg: 164,
  lifetimeS: 94_608_000,
  /** Power usage effectiveness where nobody says, and Mistral's (EcoLogits 0.9, provider configuration). */
  pue: 1.2,
  pueMistral: 1.16,
  /** Standard deviations of the logarithms: what each part of the estimate is uncertain by. Assumed, not fitted. */
  sigmaPue: 0.073,
  sigmaBatch: 0.35,
  sigmaEnergyModel: 0.45,
  sigmaTelemetry: 0.05,
  sigmaGrid: { live: 0.1, fresh: 0.15, stale: 0.25, annual_fallback: 0.35 },
  /** Quantile of the normal distribution for a two-sided 90 %. */
  z90: 1.645,
} as const;

/** What the constants are put into, as text that is hashed with them. */
const FORMULAS = [
  "I = sum(f*max(MW,0))/sum(max(MW,0)) over the kinds of generation, storage left out  [gCO2e/kWh], where a grid tells its mix",
  "f_E = energyAlpha*exp(energyBeta*batch)*P_active + energyGamma  [Wh per output token and GPU]",
  "f_L = latencyAlpha*P_active + latencyBeta*batch + latencyGamma  [s per output token]",
  "dT = min(T*f_L, measured generation time)",
  "GPUs = 2^ceil(log2(ceil(memoryOverhead*P_total*bits/8/gpuMemoryGb)))",
  "E_node = dT/3600*serverPowerKw*(GPUs/serverGpus)/batch  [kWh]",
  "E_server = E_node + GPUs*T*f_E/1000  [kWh]; with telemetry: T*measured_wh_per_token/1000",
  "E_request = PUE*E_server",
  "usage = E_request*I  [gCO2e]",
  "embodied = 1000*dT/(batch*lifetimeS)*(GPUs/serverGpus*serverEmbodiedKg + GPUs*gpuEmbodiedKg)  [gCO2e]",
  "water = E_server*(WUE_site + PUE*WUE_grid)  [L]",
  "sigma^2 = sum of sigma_i^2; CI90 = v*exp(-+z90*sigma); sigma_params = ln(hi/lo)/(2*z90)",
  "usage: params, PUE, batch, energy model, grid; embodied: params, batch; energy and water: usage without grid; gCO2e: sums of the bounds",
] as const;

/** Everything an estimate rests on, as one JSON value: its SHA-256 is a receipt's `methodology_hash`. */
export const METHODOLOGY = {
  version: METHODOLOGY_VERSION,
  formulas: FORMULAS,
  constants: CONSTANTS,
  modelSizes,
  water,
  factors,
};
