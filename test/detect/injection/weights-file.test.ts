import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { BUCKETS } from "../../../src/detect/injection/features.ts";
import { shippedModels } from "../../../src/detect/injection/load.ts";
import { type Model, RATES, TABLE } from "../../../src/detect/injection/model.ts";
import { decodeWeights, encodeWeights, quantised } from "../../../src/detect/injection/weights-file.ts";

const model = (seed: number): Model => ({
  table: Float32Array.from({ length: TABLE }, (_, at) => Math.sin(at * seed)),
  bucketScale: 1,
  intentScale: 1,
  rates: Float32Array.from({ length: RATES }, (_, at) => Math.cos(at * seed)),
  bias: -0.5,
  strictAt: 0.25,
  balancedAt: 1.5,
});

test("what is written is read again, and the same weights give the same bytes", () => {
  const models = { people: quantised(model(1), BUCKETS), tools: quantised(model(2), BUCKETS) };
  const file = encodeWeights(models);
  expect(decodeWeights(file)).toEqual(models);
  expect(encodeWeights(decodeWeights(file))).toEqual(file);
});

test("rounding costs half a step at most", () => {
  const { table, bucketScale } = quantised(model(1), BUCKETS);
  for (let at = 0; at < BUCKETS; at += 997) {
    expect(Math.abs(table[at]! * bucketScale - Math.sin(at))).toBeLessThanOrEqual(bucketScale / 2 + 1e-6);
  }
});

test("a file of another version, or of nothing, is refused", () => {
  expect(() => decodeWeights(Bun.zstdCompressSync(new Uint8Array(10)))).toThrow(RangeError);
  expect(() => decodeWeights(new Uint8Array(3))).toThrow();
});

test("the shipped file is small, and its thresholds are in order", () => {
  const path = `${import.meta.dir}/../../../config/injection/injection.weights`;
  expect(statSync(path).size).toBeLessThan(200_000);
  for (const { strictAt, balancedAt } of Object.values(shippedModels())) expect(balancedAt).toBeGreaterThan(strictAt);
});
