import { expect, test } from "bun:test";
import { tenths } from "../../src/lib/tenths.ts";

test.each([
  [1.249, 1.2],
  [1.25, 1.3],
  [-0.04, -0],
  [12, 12],
])("%p to tenths is %p", (value, expected) => {
  expect(tenths(value)).toBe(expected);
});
