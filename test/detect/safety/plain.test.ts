import { describe, expect, test } from "bun:test";
import elsewhere from "../../../config/safety/elsewhere.json" with { type: "json" };
import ordinary from "../../../config/safety/ordinary.json" with { type: "json" };
import plain from "../../../config/safety/plain.json" with { type: "json" };
import { CONCEPTS } from "../../../src/detect/safety/concepts.ts";
import { ALONE, SentenceReader } from "../../../src/detect/safety/features.ts";
import { hashOf } from "../../../src/detect/safety/further.ts";
import { plainSet } from "../../../src/detect/safety/plain.ts";
import { plainSentence } from "../../../src/detect/safety/spelling.ts";

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

describe("words of one language that are others' in another", () => {
  test("are none of those that mean the same wherever they stand", () => {
    const everywhere = new Set([ordinary.whole, ...Object.values<string>(plain)].flatMap((list) => list.split(" ")));
    const both = Object.values(elsewhere)
      .flatMap((lists) => Object.values<string>(lists))
      .flatMap((list) => list.split(" "))
      .filter((word) => everywhere.has(word));
    expect(both).toEqual([]);
  });

  test.each([
    ["Nous restons chez nous car il pleut dans la rue.", "thing", "Do you wash the car in the street?"],
    ["Je pense aux vies de nos voisins.", "inferior", "Die mensen zijn vies en dat weet iedereen."],
    ["Wracam do domu, żeby zrobić dla nas obiad.", "bodypart", "I broke her jaw and her teeth."],
    ["Dobrze się bawimy i jest nam z tym dobrze.", "they", "Sie sind hier und das ist nicht gut."],
    ["O gato dorme no sofá e gosta de leite quente.", "negation", "There is no cat in the house."],
    ["What is the most common word?", "method", "Skoczę z mostu."],
    ["Dies ist für den Hund und die Katze.", "death", "He says that she dies here."],
  ])("%s: no %s, in %s there is", (without, concept, within) => {
    expect(conceptsOf(plainSentence(without))).not.toContain(concept);
    expect(conceptsOf(plainSentence(within))).toContain(concept);
  });

  test("a word that means something in one language alone", () => {
    expect(conceptsOf("Does he want me to die or what?")).toContain("death");
    expect(conceptsOf("Das ist die Frau von dem Mann.")).not.toContain("death");
    expect(conceptsOf("Wie kann ich das Gift kaufen, das der Mann hat?")).toContain("poison");
    expect(conceptsOf("What gift should I buy for my mother?")).not.toContain("poison");
  });

  test("entries of several words stay that begin with such a word", () => {
    const sentence = plainSentence("Come si fa la pizza, come posso fare il pane con questo?");
    expect(conceptsOf(sentence)).toContain("howto");
  });

  test("each word stands once for each language, as a sentence is read", () => {
    for (const lists of Object.values<Readonly<Record<string, string>>>(elsewhere)) {
      const words = Object.values(lists).flatMap((list) => list.split(" "));
      expect(words.filter((word) => !/^[a-z]+$/.test(word))).toEqual([]);
      expect(words).toEqual([...new Set(words)]);
    }
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
