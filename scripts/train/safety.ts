/**
 * `bun scripts/train/safety.ts`: writes `config/safety/safety.weights` from the rows that may ship. The same rows give the
 * same file, byte for byte. Thresholds come from evidence in rows that the model never saw.
 */
import { join } from "node:path";
import { encodeSafety, quantisedSafety } from "../../src/detect/safety/weights-file.ts";
import { safetySamples, safetyThresholds, validatedSafety } from "./safety-validation.ts";

const OUT = join(import.meta.dir, "../../config/safety/safety.weights");

const { judged, model } = validatedSafety(await safetySamples());
const at = safetyThresholds(judged);
const file = encodeSafety(quantisedSafety({ ...model, ...at }));
await Bun.write(OUT, file);
console.log(`${OUT}: ${file.length} bytes; 0.5 and 0.8 at ${JSON.stringify(at)}`);
