import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isNamed, unlessNamed } from "../../../src/detect/recognisers/_context.ts";
import "../../../src/detect/recognisers/index.ts";
import { LOOK_BACK, type Window } from "../../../src/detect/scan/window.ts";
import { WordsInFront } from "../../../src/detect/scan/words-in-front.ts";
import { TableColumns } from "../../../src/detect/tables/columns.ts";

const windowOf = (plain: string, behind: string): Window => ({
  ...{ text: plain, plain, from: null, to: null, spent: null, runs: null },
  ...{ behind, columns: new TableColumns(), last: true, hitEnd: Number.NEGATIVE_INFINITY },
});

const piece = fc.oneof(
  fc.constantFrom(
    "tel",
    "phone",
    "Phone",
    "phoneNumber",
    "taxIdOf",
    "numeroDeTva",
    "bSNNumber",
    "hotel",
    "order no",
    "IBAN",
    "passport",
    "tax",
    "id",
    "é",
    "a",
    "n a",
    "numero",
    "de",
    "tva",
  ),
  fc.constantFrom(" ", ": ", "12", "-", "\n", "a@b.de ", "the ", "mill ", "at a dot "),
  fc.string({ maxLength: 4 }),
  fc.string({ maxLength: 4, unit: "grapheme" }),
);
const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

describe("WordsInFront", () => {
  test("says no nowhere where something is named in front", () => {
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 7 }), (behind, plain, step) => {
        const words = new WordsInFront(unlessNamed);
        const window = windowOf(plain, behind.slice(-LOOK_BACK));
        for (let place = 0; place <= plain.length; place += step) {
          if (words.mayHold(window, place)) continue;
          const front = (window.behind + plain.slice(0, place)).slice(-LOOK_BACK);
          if (isNamed(front)) return false;
        }
        return true;
      }),
      { numRuns: 2_000 },
    );
  });

  test("says no behind words that are no label, and yes behind one", () => {
    const text = "a mill at a dot and a mill at a dot and a mill at a dot and a mill 123, phone 123";
    const words = new WordsInFront(unlessNamed);
    const window = windowOf(text, "");
    expect(words.mayHold(window, text.indexOf("123"))).toBe(false);
    expect(words.mayHold(window, text.lastIndexOf("123"))).toBe(true);
  });
});
