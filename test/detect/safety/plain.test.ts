import { describe, expect, test } from "bun:test";
import { CONCEPTS } from "../../../src/detect/safety/concepts.ts";
import { ALONE, SentenceReader } from "../../../src/detect/safety/features.ts";
import { hashOf } from "../../../src/detect/safety/further.ts";
import { plainSet } from "../../../src/detect/safety/plain.ts";

/** The concepts that a plain text is read to speak of. */
function conceptsOf(text: string): readonly string[] {
  const reader = new SentenceReader();
  reader.read(text);
  const alone = [...reader.features.subarray(0, reader.count)].filter((one) => one >= ALONE);
  return alone.flatMap((one) => CONCEPTS[one - ALONE] ?? []).sort();
}

describe("plainSet", () => {
  test("knows what a word means instead, and what means nothing", () => {
    expect(plainSet(hashOf("chorizo"))).toBe(CONCEPTS.indexOf("food") + 1);
    expect(plainSet(hashOf("parchment"))).toBe(0);
    expect(plainSet(hashOf("bomb"))).toBeUndefined();
  });
});

describe("words that begin like a telling one, or hold several", () => {
  test.each(["parcheggio", "prague", "bomberos", "lustige", "truth", "constraints", "einladung"])(
    "%s speaks of nothing",
    (word) => {
      expect(conceptsOf(word)).toEqual([]);
    },
  );

  test.each([
    ["hackfleisch", "food"],
    ["podatki", "money"],
    ["krewni", "relation"],
  ])("%s is %s", (word, concept) => {
    expect(conceptsOf(word)).toEqual([concept]);
  });

  test("the telling ones are read as before", () => {
    expect(conceptsOf("bombe")).toContain("bombmake");
    expect(conceptsOf("hacken")).toContain("hack");
    expect(conceptsOf("ladendiebstahl")).toContain("theft");
  });
});
