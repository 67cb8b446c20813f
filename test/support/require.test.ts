import { afterEach, expect, test } from "bun:test";
import { needs } from "./require.ts";

const before = process.env["WEIR_REQUIRE"];
afterEach(() => {
  if (before === undefined) delete process.env["WEIR_REQUIRE"];
  else process.env["WEIR_REQUIRE"] = before;
});

test("needs lets a test run when the program and what is wanted of it are there", () => {
  expect(needs("sh", true)).toBe(true);
  expect(needs(["no-such-program", "sh"], true)).toBe(true);
});

test("needs skips on a machine without the program, required or not", () => {
  for (const required of ["0", "1"]) {
    process.env["WEIR_REQUIRE"] = required;
    expect(needs(["no-such-program", "nor-this-one"], true)).toBe(false);
  }
});

test("needs skips what is not usable, but not under WEIR_REQUIRE=1", () => {
  process.env["WEIR_REQUIRE"] = "0";
  expect(needs("sh", false)).toBe(false);
  process.env["WEIR_REQUIRE"] = "1";
  expect(() => needs("sh", false)).toThrow("Cannot skip under WEIR_REQUIRE=1: sh is there");
});
