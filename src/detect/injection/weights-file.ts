/**
 * The weights of the injection model as a file: numbers of the model as 32-bit floats, then one byte per feature, the
 * whole compressed with zstd. `config/injection/README.md` names what they were trained on and how they are made.
 */
import { type Model, RATES, TABLE } from "./model.ts";

/** Numbers before the rates: both scales, the bias, the evidence at the scores 0.5 and 0.8. */
const HEAD = 5;

/** Steps on either side of zero: of words and letters, which are many and say little each, and of intents. */
const BUCKET_STEPS = 63;
const INTENT_STEPS = 127;

/** A model with its weights rounded to the steps that the file has. */
export function quantised(model: Model, buckets: number): Model {
  const table = new Int8Array(TABLE);
  const bucketScale = largest(model.table.subarray(0, buckets)) / BUCKET_STEPS;
  const intentScale = largest(model.table.subarray(buckets)) / INTENT_STEPS;
  for (let at = 0; at < TABLE; at++) {
    table[at] = Math.round(model.table[at]! / (at < buckets ? bucketScale : intentScale));
  }
  return { ...model, table, bucketScale: Math.fround(bucketScale), intentScale: Math.fround(intentScale) };
}

function largest(weights: Int8Array | Float32Array): number {
  let most = 1e-6;
  for (const weight of weights) most = Math.max(most, Math.abs(weight));
  return most;
}

/** The models of a file. */
export interface Models {
  /** For what people say. */
  readonly people: Model;
  /** For what tools return, where nobody has to give orders. */
  readonly tools: Model;
}

/** Writes quantised models as a file. */
export function encodeWeights({ people, tools }: Models): Uint8Array {
  const plain = new Uint8Array(2 * MODEL_BYTES);
  plain.set(encoded(people));
  plain.set(encoded(tools), MODEL_BYTES);
  return Bun.zstdCompressSync(plain, { level: 19 });
}

const HEAD_BYTES = 4 * (HEAD + RATES);
const MODEL_BYTES = HEAD_BYTES + TABLE;

function encoded(model: Model): Uint8Array {
  const { bucketScale, intentScale, bias, strictAt, balancedAt } = model;
  const head = Float32Array.from([bucketScale, intentScale, bias, strictAt, balancedAt, ...model.rates]);
  const plain = new Uint8Array(MODEL_BYTES);
  plain.set(new Uint8Array(head.buffer));
  plain.set(new Uint8Array(Int8Array.from(model.table).buffer), head.byteLength);
  return plain;
}

/** Reads a weights file. Throws RangeError where it was written for other features, and what zstd throws. */
export function decodeWeights(file: Uint8Array): Models {
  // a copy: what zstd gives is a Buffer, whose slices share memory
  const plain = Uint8Array.from(Bun.zstdDecompressSync(file));
  if (plain.length !== 2 * MODEL_BYTES) {
    throw new RangeError(`Weights file holds ${plain.length} bytes, not the ${2 * MODEL_BYTES} of this version`);
  }
  return {
    people: decoded(plain.slice(0, MODEL_BYTES)),
    tools: decoded(plain.slice(MODEL_BYTES)),
  };
}

function decoded(plain: Uint8Array): Model {
  const head = new Float32Array(plain.slice(0, HEAD_BYTES).buffer);
  const [bucketScale = 0, intentScale = 0, bias = 0, strictAt = 0, balancedAt = 1] = head;
  return {
    table: new Int8Array(plain.slice(HEAD_BYTES).buffer),
    bucketScale,
    intentScale,
    bias,
    strictAt,
    balancedAt,
    rates: head.slice(HEAD),
  };
}
