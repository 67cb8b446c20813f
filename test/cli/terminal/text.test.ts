import { expect, test } from "bun:test";
import { short } from "../../../src/cli/terminal/text.ts";

test.each([
  [0, "0"],
  [-0, "0"],
  [-5.24711e-7, "-0.000000525"],
  [2.4e-7, "0.00000024"],
  [0.0000642, "0.0000642"],
  [0.15176, "0.152"],
  [12_345, "12300"],
  [1234.5678, "1230"],
])("%p is %p in a text, without powers of ten", (value, text) => expect(short(value)).toBe(text));

test("says more digits where more are asked for", () => {
  expect([short(0.15176, 4), short(1e-9, 4), short(3, 4)]).toEqual(["0.1518", "0.000000001", "3"]);
});
