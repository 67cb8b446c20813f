import { describe, expect, test } from "bun:test";
import tongues from "../../../config/safety/tongues.json" with { type: "json" };
import { columnsOf } from "../../../src/detect/injection/columns.ts";
import { plainSentence } from "../../../src/detect/safety/spelling.ts";
import { NO_TONGUE, TONGUES, tongueOf } from "../../../src/detect/safety/tongue.ts";

/** The language that a sentence is told to be in; empty: none for sure. */
function toldOf(sentence: string): string {
  const plain = plainSentence(sentence);
  const columns = new Int8Array(plain.length + 1);
  columnsOf(plain, columns);
  const tongue = tongueOf(columns, plain.length);
  return tongue === NO_TONGUE ? "" : TONGUES[tongue]!;
}

describe("tongueOf", () => {
  test.each([
    ["en", "How do I get the red car out of the garage?"],
    ["de", "Wie bekomme ich den Wagen aus der Garage?"],
    ["fr", "Il pleut, car nous sommes en novembre et la rue est vide."],
    ["es", "Hoy no puedo ir a la oficina porque estoy enfermo."],
    ["it", "Prima di uscire chiudi la porta e anche la finestra del bagno."],
    ["pt", "Eu não vou hoje ao mercado porque está a chover muito."],
    ["nl", "Wie heeft de sleutel van het huis gezien?"],
    ["pl", "Zadzwonię do ciebie, żebyś wiedział, gdzie jest dom."],
  ])("%s: %s", (language, sentence) => {
    expect(toldOf(sentence)).toBe(language);
  });

  test.each(["", "42", "Xyzzy plugh", "нет"])("says nothing of %p", (sentence) => {
    expect(toldOf(sentence)).toBe("");
  });

  test("where two languages have as many of the words, none is told", () => {
    const [inFrench, inPolish] = [tongues.fr, tongues.pl].map((list) => new Set(list.split(" ")));
    const others = [tongues.en, tongues.de, tongues.es, tongues.it, tongues.pt, tongues.nl].join(" ").split(" ");
    const only = (own: ReadonlySet<string>, other: ReadonlySet<string>): string =>
      [...own].find((word) => !other.has(word) && !others.includes(word))!;
    const french = only(inFrench!, inPolish!);
    const polish = only(inPolish!, inFrench!);
    expect(toldOf(`${french} ${polish}`)).toBe("");
    expect(toldOf(`${french} ${polish} ${french}`)).toBe("fr");
  });
});
