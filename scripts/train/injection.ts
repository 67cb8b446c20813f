/**
 * `bun run train`: writes `config/injection/injection.weights` from the rows that may ship. The same rows give the same
 * file, byte for byte. Thresholds come from scores of rows by models that never saw their source.
 */
import { join } from "node:path";
import { BUCKETS } from "../../src/detect/injection/features.ts";
import { encodeWeights, quantised } from "../../src/detect/injection/weights-file.ts";
import { crossValidated, trainedOnAll } from "./cross-validation.ts";

const OUT = join(import.meta.dir, "../../config/injection/injection.weights");

const judged = await crossValidated();
const { strictAt, balancedAt } = judged.thresholds;
const model = quantised({ ...trainedOnAll(judged), strictAt, balancedAt }, BUCKETS);
const file = encodeWeights(model);
await Bun.write(OUT, file);
console.log(`${OUT}: ${file.length} bytes; strict at ${strictAt.toFixed(3)}, balanced at ${balancedAt.toFixed(3)}`);
