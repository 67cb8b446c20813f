import { expect, test } from "bun:test";
import { safetyModel } from "../../../src/detect/safety/load.ts";
import { decodeSafety, encodeSafety, quantisedSafety } from "../../../src/detect/safety/weights-file.ts";

test("a model survives its file, which is small", () => {
  const model = safetyModel();
  const file = encodeSafety(model);
  expect(decodeSafety(file)).toEqual(model);
  expect(file.length).toBeLessThan(300_000);
});

test("what is rounded stays as it is", () => {
  const { table, ...rest } = safetyModel();
  const rounded = quantisedSafety({ ...rest, table: Float32Array.from(table, (step) => step) });
  let most = 0;
  for (const step of rounded.table) most = Math.max(most, Math.abs(step));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(127);
  expect(quantisedSafety(rounded).table).toEqual(rounded.table);
});

test("a file of another version is refused", () => {
  expect(() => decodeSafety(Bun.zstdCompressSync(new Uint8Array(100)))).toThrow(RangeError);
});
