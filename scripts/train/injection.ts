/**
 * `bun run train`: writes `config/injection/injection.weights` from the rows that may ship. The same rows give the same
 * file, byte for byte. Thresholds come from scores of rows by models that never saw their source.
 */
import { join } from "node:path";
import { BUCKETS } from "../../src/detect/injection/features.ts";
import { encodeWeights, quantised } from "../../src/detect/injection/weights-file.ts";
import { crossValidated, material, thresholds, trained } from "./cross-validation.ts";

const OUT = join(import.meta.dir, "../../config/injection/injection.weights");

const rows = await material();
const at = thresholds(crossValidated(rows));
const { people, tools } = trained(rows, -1);
const file = encodeWeights({
  people: quantised({ ...people, ...at.people }, BUCKETS),
  tools: quantised({ ...tools, ...at.tools }, BUCKETS),
});
await Bun.write(OUT, file);
console.log(`${OUT}: ${file.length} bytes; 0.5 and 0.8 at ${JSON.stringify(at)}`);
