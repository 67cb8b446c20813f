import { expect, test } from "bun:test";
import fc from "fast-check";
import { CONCEPTS } from "../../../src/detect/safety/concepts.ts";
import { STANCES, Stance } from "../../../src/detect/safety/stance.ts";

function featuresOf(names: readonly string[]): readonly number[] {
  const stance = new Stance();
  names.forEach((name, word) => {
    if (name !== "") stance.take(CONCEPTS.indexOf(name), word);
  });
  return [...stance.features.subarray(0, stance.end())];
}

test("what is denied is another stance than what is said", () => {
  expect(featuresOf(["religion", "dehuman"])).not.toEqual(featuresOf(["religion", "negation", "dehuman"]));
});

test("to deserve a beating, not to deserve one and not to deserve to live are three stances", () => {
  const said = [
    ["religion", "merit", "hurt"],
    ["religion", "negation", "merit", "hurt"],
    ["religion", "negation", "merit", ""],
  ].map((names) => featuresOf(names).join());
  expect(new Set(said).size).toBe(3);
});

test("the same is said of a group and of a thing in different stances", () => {
  expect(featuresOf(["religion", "hateverb"])).not.toEqual(featuresOf(["thing", "hateverb"]));
});

test("two negations take each other back, so far as the last is not too close to be one", () => {
  const twice = featuresOf(["religion", "negation", "", "negation", "", "", "", "", "", "dehuman"]);
  const never = featuresOf(["religion", "", "", "", "", "", "", "", "", "dehuman"]);
  expect(twice).toEqual(never);
});

test("a sentence without a group and a verdict has no stance, whatever came before", () => {
  const stance = new Stance();
  stance.take(CONCEPTS.indexOf("religion"), 0);
  stance.take(CONCEPTS.indexOf("hateverb"), 1);
  expect(stance.end()).toBeGreaterThan(0);
  stance.clear();
  stance.take(CONCEPTS.indexOf("you"), 0);
  expect(stance.end()).toBe(0);
});

test("whatever stands in a sentence, its features have their places", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("", ...CONCEPTS), { maxLength: 80 }), (names) => {
      for (const feature of featuresOf(names)) {
        expect(feature).toBeGreaterThanOrEqual(0);
        expect(feature).toBeLessThan(STANCES);
      }
    }),
  );
});
