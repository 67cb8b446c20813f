import { expect, test } from "bun:test";
import { unwrapped } from "../../../src/detect/recognisers/_wrapped-groups.ts";

test.each([
  ["4111 1111\n1111 1111", "4111 1111 1111 1111"],
  ["4111-1111-\r\n1111-1111", "4111-1111-1111-1111"],
  ["DE89 3704\n> 0044 0532", "DE89 3704 0044 0532"],
  ["4111%201111%201111%201111", "4111 1111 1111 1111"],
  ["4111  1111  1111  1111", "4111 1111 1111 1111"],
  ["FR76\n3000 6000", "FR76 3000 6000"],
])("%j is %j in one line", (written, plain) => {
  expect(unwrapped(written)).toBe(plain);
});

test("a column of numbers is none that was wrapped", () => {
  expect(unwrapped("4111\n1111\n1111\n1111")).toBe("");
});
