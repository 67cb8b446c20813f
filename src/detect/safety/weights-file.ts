/**
 * The weights of the safety model as a file: scales, thresholds and biases as 32-bit floats, then one byte per weight,
 * the whole compressed with zstd.
 */
import { CATEGORY_COUNT } from "./categories.ts";
import { ALONE } from "./features.ts";
import { type SafetyModel, TABLE } from "./model.ts";

const HEAD = 4 + CATEGORY_COUNT;
const WORDS_END = ALONE * CATEGORY_COUNT;
/** Steps of the largest weight, of words and of concepts: finer ones cost room and tell nothing more. */
const STEPS = { words: 26, concepts: 63 } as const;
/** Fewer steps than this say nothing. */
const FAINT = 2;

function largest(weights: Int8Array | Float32Array): number {
  let most = 1e-6;
  for (const weight of weights) most = Math.max(most, Math.abs(weight));
  return most;
}

/** A model with its weights rounded to the steps that the file has. */
export function quantisedSafety(model: SafetyModel): SafetyModel {
  const table = new Int8Array(TABLE);
  const wordScale = Math.fround(largest(model.table.subarray(0, WORDS_END)) / STEPS.words);
  const conceptScale = Math.fround(largest(model.table.subarray(WORDS_END)) / STEPS.concepts);
  for (let at = 0; at < TABLE; at++) {
    const step = Math.round(model.table[at]! / (at < WORDS_END ? wordScale : conceptScale));
    table[at] = Math.abs(step) < FAINT ? 0 : step;
  }
  return { ...model, table, wordScale, conceptScale };
}

/** Writes a quantised model as a file. */
export function encodeSafety({ table, wordScale, conceptScale, bias, strictAt, defaultAt }: SafetyModel): Uint8Array {
  const head = Float32Array.from([wordScale, conceptScale, strictAt, defaultAt, ...bias]);
  const plain = new Uint8Array(head.byteLength + TABLE);
  plain.set(new Uint8Array(head.buffer));
  // category by category: what is alike stands together
  for (let at = 0; at < TABLE; at++) {
    const category = at % CATEGORY_COUNT;
    const feature = (at - category) / CATEGORY_COUNT;
    plain[head.byteLength + category * (TABLE / CATEGORY_COUNT) + feature] = table[at]! & 0xff;
  }
  return Bun.zstdCompressSync(plain, { level: 19 });
}

/** Reads a weights file. Throws RangeError where it was written for other features, and what zstd throws. */
export function decodeSafety(file: Uint8Array): SafetyModel {
  const plain = Uint8Array.from(Bun.zstdDecompressSync(file));
  if (plain.length !== HEAD * 4 + TABLE) {
    throw new RangeError(`Safety weights hold ${plain.length} bytes, not the ${HEAD * 4 + TABLE} of this version`);
  }
  const head = new Float32Array(plain.slice(0, HEAD * 4).buffer);
  const [wordScale = 0, conceptScale = 0, strictAt = 0, defaultAt = 1] = head;
  const table = new Int8Array(TABLE);
  const features = TABLE / CATEGORY_COUNT;
  for (let at = 0; at < TABLE; at++) {
    table[(at % features) * CATEGORY_COUNT + Math.floor(at / features)] = plain[HEAD * 4 + at]!;
  }
  return { table, wordScale, conceptScale, strictAt, defaultAt, bias: head.slice(4) };
}
