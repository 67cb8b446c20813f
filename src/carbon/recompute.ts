import { MINUTE_MS } from "../lib/durations.ts";
import type { ReceiptInput, ReceiptPart, ReceiptPayload } from "../schema/receipt.ts";
import { canonical } from "./canonical.ts";
import { CONSTANTS, EARLIER_METHODOLOGIES, METHODOLOGY_VERSION } from "./methodology.ts";
import { tokensOf } from "./receipt.ts";
import { METHOD } from "./receipt-inputs.ts";
import { estimatesFrom, estimatesOfParts, tierOf } from "./receipt-part.ts";

/** Relative difference below which two numbers are one: engines differ in the last digit of `exp`. */
const TOLERANCE = 1e-9;
/** An age is given in thousandths of a minute. */
const AGE_TOLERANCE = 0.001;

type StatedWork = Omit<ReceiptPart, "target" | "model">;
type Stated = Readonly<Record<string, number | null>>;

/**
 * Works out a receipt's estimates from the inputs that it states itself, and names what does not follow from them;
 * empty: everything does.
 */
export function recompute(receipt: ReceiptPayload, methodologyHash: string): readonly string[] {
  const { methodology_version: version, parts } = receipt;
  const hashes = version === METHODOLOGY_VERSION ? [methodologyHash] : EARLIER_METHODOLOGIES.get(version);
  if (hashes === undefined) {
    const known = [...EARLIER_METHODOLOGIES.keys(), METHODOLOGY_VERSION].join(", ");
    return [`methodology ${version} is not known here: this verifier knows ${known}`];
  }
  const wrong = hashes.includes(receipt.methodology_hash) ? [] : ["methodology_hash is not that of its version"];
  if (parts === undefined || parts.length === 0) return [...wrong, ...wrongIn(receipt, "")];
  const last = parts.at(-1)!;
  for (const [at, part] of parts.entries()) wrong.push(...wrongIn(part, `parts[${at}].`));
  wrong.push(...different(receipt as unknown as Stated, estimatesOfParts(parts), ""));
  for (const key of OF_LAST_PART) {
    if (canonical(receipt[key]) !== canonical(last[key])) wrong.push(`${key} is not that of the last part`);
  }
  if (receipt.completion_tokens !== tokensOf(parts)) wrong.push("completion_tokens is not the sum of the parts");
  if (receipt.tier !== Math.min(...parts.map(({ tier }) => tier))) wrong.push("tier is not that of its weakest part");
  return wrong;
}

const OF_LAST_PART = [
  "target",
  "model",
  "region",
  "grid_zone",
  "grid_intensity_gco2_per_kwh",
  "grid_intensity_source",
  "grid_intensity_observed_at",
  "grid_intensity_requested_at",
  "grid_intensity_age_minutes",
  "grid_temporal_match",
  "basis",
  "accounting",
  "inputs",
] as const;

function wrongIn(work: StatedWork, path: string): string[] {
  const { inputs, grid_intensity_gco2_per_kwh: grams, grid_temporal_match: temporal } = work;
  const signal = grams === null || temporal === null ? null : { gco2_per_kwh: grams, temporal_match: temporal };
  const wrong = different(work as unknown as Stated, estimatesFrom(inputs, signal), path);
  const say = (holds: boolean, what: string): void => void (holds || wrong.push(`${path}${what}`));
  say((inputs["grid_intensity"]?.value ?? null) === grams, "inputs.grid_intensity is not the grid's");
  say((inputs["completion_tokens"]?.value ?? 0) === (work.completion_tokens ?? 0), "inputs.completion_tokens differs");
  say((inputs["batch"]?.value ?? CONSTANTS.batch) === CONSTANTS.batch, "inputs.batch is not the methodology's");
  say(isMethods(inputs["bits"], [CONSTANTS.bits]), "inputs.bits is not the methodology's");
  say(isMethods(inputs["pue"], [CONSTANTS.pue, CONSTANTS.pueMistral]), "inputs.pue is not the methodology's");
  say(work.tier === tierOf(inputs), "tier does not follow from the inputs");
  say(isAgeRight(work), "grid_intensity_age_minutes is not requested − observed");
  const source = inputs["grid_intensity"]?.source ?? null;
  say(source === work.grid_intensity_source, "grid_intensity_source is not that of inputs.grid_intensity");
  say(
    temporal === null || (temporal === "annual_fallback") === (work.grid_intensity_observed_at === null),
    "grid_temporal_match does not fit grid_intensity_observed_at: an average has no time, a signal has one",
  );
  say(work.region !== null || (grams === null && work.grid_zone === null), "a grid is stated for no region");
  return wrong;
}

/** Whether an input that is said to come from the methodology is one that stands there. */
function isMethods(input: ReceiptInput | undefined, values: readonly number[]): boolean {
  return input === undefined || !input.source.startsWith(METHOD) || values.includes(input.value);
}

function isAgeRight(work: StatedWork): boolean {
  const { grid_intensity_observed_at: observed, grid_intensity_requested_at: requested } = work;
  const age = work.grid_intensity_age_minutes;
  if (observed === null || requested === null || age === null) return age === null;
  return Math.abs((Date.parse(requested) - Date.parse(observed)) / MINUTE_MS - age) <= AGE_TOLERANCE;
}

function different(shown: Stated, right: Stated, path: string): string[] {
  return Object.keys(right)
    .filter((key) => !same(shown[key] ?? null, right[key] ?? null))
    .map((key) => `${path}${key} is ${shown[key]}, its inputs give ${right[key]}`);
}

function same(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
