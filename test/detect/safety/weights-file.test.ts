import { expect, test } from "bun:test";
import { safetyModel } from "../../../src/detect/safety/load.ts";
import { decodeSafety, encodeSafety, quantisedSafety } from "../../../src/detect/safety/weights-file.ts";

test("a model survives its file", () => {
  const model = safetyModel();
  const again = decodeSafety(encodeSafety(model));
  expect(again).toEqual(model);
});

test("rounding what is rounded changes nothing that counts", () => {
  const { table, wordScale, conceptScale, ...rest } = safetyModel();
  const plain = Float32Array.from(table, (step) => step);
  const rounded = quantisedSafety({ ...rest, table: plain, wordScale, conceptScale });
  expect(Math.max(...rounded.table)).toBeLessThanOrEqual(127);
  expect(Math.min(...rounded.table)).toBeGreaterThanOrEqual(-127);
});

test("a file of another version is refused", () => {
  expect(() => decodeSafety(Bun.zstdCompressSync(new Uint8Array(100)))).toThrow(RangeError);
});
