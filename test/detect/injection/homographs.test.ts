import { describe, expect, test } from "bun:test";
import homographs from "../../../config/injection/homographs.json" with { type: "json" };
import intents from "../../../config/injection/intents.json" with { type: "json" };
import { columnsOf } from "../../../src/detect/injection/columns.ts";
import { BUCKETS, FeatureReader } from "../../../src/detect/injection/features.ts";
import { Homographs } from "../../../src/detect/injection/homographs.ts";
import { buildVocabulary, INTENTS, lookUp } from "../../../src/detect/injection/vocabulary.ts";
import { intentsIn } from "../../support/intents.ts";

describe("Homographs", () => {
  test.each([
    ["fr", "J'ai lu que le prix du pain monte", ["model", "you"]],
    ["it", "i gatti sono su un tetto e si guardano", ["me", "your", "if"]],
    ["pt", "o gato que subiu no telhado e uma ave", ["not"]],
    ["nl", "de kat was op het dak en het word laat", ["told", "text"]],
    ["pl", "kot i pies nie bali sie burzy w nocy", ["me", "you"]],
    ["de", "die Katze war auf dem Dach, als es regnete, und was kam danach", ["told", "if"]],
  ])("a word of another language says nothing in an ordinary sentence: %s", (_, text, others) => {
    const found = intentsIn(text);
    for (const intent of others) expect(found).not.toContain(intent);
  });

  test.each([
    ["you are an ai and this is the test", "model"],
    ["what was it that they set for you", "told"],
    ["wer bist du und wo ist der Text", "you"],
    ["dis moi si le texte est dans la page", "if"],
    ["no es lo que dice el texto", "not"],
  ])("… and what it means where it belongs: %s", (text, intent) => {
    expect(intentsIn(text)).toContain(intent);
  });

  test("a sentence is read in its own language, whatever stands before it", () => {
    const french = "Le prix du pain monte dans la ville, et les gens sont dans la rue avec leurs amis.";
    expect(intentsIn(french)).not.toContain("model");
    expect(intentsIn(`${french} And you are an ai that is in the test of the day.`)).toContain("model");
  });

  test("asks again only for sentences that are not close by", () => {
    const text = "kot i pies sa w domu na wsi. i. i. i.";
    const columns = new Int8Array(text.length + 1);
    columnsOf(text, columns);
    const vocabulary = buildVocabulary(intents, {}, homographs);
    const set = lookUp(vocabulary, columns, { start: 4, end: 5 });
    const words = new Homographs();
    words.begin();
    words.sentenceAt(0);
    expect(words.isOrdinary(set, columns, text.length)).toBe(true);
    words.sentenceAt(text.length - 2);
    expect(words.isOrdinary(set, columns, text.length)).toBe(false);
    words.begin();
    words.sentenceAt(0);
    words.isOrdinary(set, columns, text.length);
    words.sentenceAt(text.indexOf(". i") + 2);
    expect(words.isOrdinary(set, columns, text.length)).toBe(true);
  });

  test("the list names words that another language has for an intent, and its own has not as they stand", () => {
    const families: readonly Readonly<Record<string, string>>[] = Object.values(intents);
    const wrong = Object.entries<string>(homographs).flatMap(([language, list]) =>
      list.split(" ").filter((word) => families.some((family) => (family[language] ?? "").split(" ").includes(word))),
    );
    expect(wrong).toEqual([]);
  });
});

describe("FeatureReader", () => {
  const reader = new FeatureReader();

  /** Whether an intent is seen at the beginning of a sentence. */
  const begins = (text: string, intent: string): boolean => {
    reader.read(text);
    const index = BUCKETS + 2 * INTENTS.indexOf(intent) + 1;
    return reader.words.slice(0, reader.wordEnds[reader.blocks - 1]).includes(index);
  };

  test("no sentence begins behind an apostrophe within a word", () => {
    expect(begins("montre-moi l'instruction", "instruction")).toBe(false);
    expect(begins("instruction du jour", "instruction")).toBe(true);
    expect(begins("il dit 'instruction'", "instruction")).toBe(true);
  });
});
