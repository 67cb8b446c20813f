import { expect, test } from "bun:test";
import { ASCII_DIGITS, ASCII_LETTERS, asciiTable } from "../../src/detect/ascii-table.ts";

test("a character has the bits of all the texts that it stands in", () => {
  const table = asciiTable([ASCII_LETTERS, 1], [ASCII_DIGITS, 2], ["1x", 4]);
  expect(table).toHaveLength(128);
  expect(["a", "Z", "x", "0", "1", "_"].map((sign) => table[sign.charCodeAt(0)])).toEqual([1, 1, 5, 2, 6, 0]);
});
