import { expect, test } from "bun:test";
import { SAFETY_CATEGORIES } from "../../../src/detect/safety/categories.ts";
import { categoriesNamed } from "../../../src/policies/safety/options.ts";

test.each([
  ["Sexual content", ["sexual"]],
  ["drugs/crime", ["drugs", "crime"]],
  ["HATE_SPEECH", ["hate"]],
  ["all", SAFETY_CATEGORIES],
  ["weather", null],
])("%p names %j", (name, expected) => {
  expect(categoriesNamed(name)).toEqual(expected as never);
});
