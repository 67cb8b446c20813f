import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { SAFETY_CATEGORIES } from "../../../src/detect/safety/categories.ts";
import { SafetyOptions } from "../../../src/policies/safety/options.ts";
import { safetyThresholds } from "../../../src/policies/safety/thresholds.ts";

/** Categories by the score from which on they count. */
function thresholds(settings: object): Record<string, string[]> {
  const options = Value.Default(SafetyOptions, structuredClone(settings)) as SafetyOptions;
  const by: Record<string, string[]> = {};
  for (const [at, score] of safetyThresholds(options).entries())
    by[score] = [...(by[score] ?? []), SAFETY_CATEGORIES[at]!].toSorted();
  return by;
}

const all = (...without: string[]) => SAFETY_CATEGORIES.filter((name) => !without.includes(name)).toSorted();

describe("the score from which on a category counts", () => {
  test.each<[object, Record<string, string[]>]>([
    [{}, { 0.8: all() }],
    [{ mode: "strict" }, { 0.5: all() }],
    [{ profile: "strict" }, { 0.5: all() }],
    [{ mode: "monitor", profile: "strict" }, { 0.5: all() }],
    [{ mode: "strict", threshold: 0.9 }, { 0.9: all() }],
    [{ categories: ["Weapons", "self_harm"] }, { 0.8: ["self-harm", "weapons"], 2: all("weapons", "self-harm") }],
    [
      { mode: "law_enforcement" },
      {
        0.5: ["minors"],
        0.95: ["crime", "drugs", "extremism", "violence", "weapons"],
        0.8: all("minors", "crime", "drugs", "extremism", "violence", "weapons"),
      },
    ],
    [
      { mode: "automotive" },
      { 0.5: ["crime", "drugs", "self-harm", "violence"], 0.8: all("crime", "drugs", "self-harm", "violence") },
    ],
  ])("%j", (settings, expected) => {
    expect(thresholds(settings)).toEqual(expected);
  });

  test("is low for what children should not read, up to their eighteenth year", () => {
    const strict = ["drugs", "harassment", "hate", "minors", "self-harm", "sexual", "violence"];
    expect(thresholds({ max_age: 17 })).toEqual({ 0.5: strict, 0.8: all(...strict) });
    expect(thresholds({ max_age: 18 })).toEqual({ 0.8: all() });
    expect(thresholds({ max_age: 12, mode: "law_enforcement" })["0.5"]).toEqual(strict);
  });
});
