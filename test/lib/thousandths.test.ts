import { describe, expect, test } from "bun:test";
import { thousandths } from "../../src/lib/thousandths.ts";

describe("thousandths", () => {
  test.each([
    [1.23449, 1.234],
    [1.2345, 1.235],
    [-0.0004, -0],
    [1e9 + 0.0004, 1e9],
  ])("%p is %p", (value, expected) => {
    expect(thousandths(value)).toBe(expected);
  });
});
