import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  disclaimed,
  hasLetterNear,
  isAmongLast,
  isAnothers,
  isNamed,
  isOfOtherCountry,
  labelled,
  labels,
} from "../../../src/detect/recognisers/_context.ts";
import { LABELS as PHONE } from "../../../src/detect/recognisers/_phone-labels.ts";

const TAX = labels("Steuer-ID", "numéro fiscal", "levy id number", "łódź");

describe("labelled", () => {
  test.each([
    "Steuer-ID: ",
    "meine STEUER ID lautet ",
    '"steuerId": "',
    "steuer_id=",
    "numéro fiscal n° ",
    "NUMERO FISCAL ",
    "levy id number is ",
    "ŁÓDŹ ",
    '"levyIdNumber":"',
    '"kundeSteuerId": "',
    '"leNuméroFiscal": "',
  ])("sees %p", (before) => {
    expect(labelled(before, TAX)).toBe(true);
  });

  test.each([
    ["", "nothing"],
    ["Steuer: ", "half a label"],
    ["Steuer-ID folgt, Bestellung ", "a nearer label of another thing"],
    ["12345 67890 ", "figures"],
    ["Steuer-IDs ", "another word"],
    ["xSteuerId ", "one letter in front"],
    ["an steuer-id@example.org ", "a part of an address"],
    ["an ana@steuer-id.example ", "a part of an address's host"],
  ])("does not see one in %p: %s", (before) => {
    expect(labelled(before, TAX)).toBe(false);
  });

  test("does not take the tail of a word for a label at the head of a full window", () => {
    const window = `steuer id${" ".repeat(51)}`;
    expect(window.length).toBe(60);
    expect(labelled(window, labels("steuer"))).toBe(false);
    expect(labelled(window.slice(1), labels("teuer"))).toBe(true);
  });

  test("looks back no farther than asked", () => {
    expect(labelled("Steuer-ID und so weiter ", TAX, 10)).toBe(false);
    expect(labelled("Steuer-ID und so weiter ", TAX, 30)).toBe(true);
    expect(isAmongLast("Steuer-ID und so weiter ", TAX, { most: 3 })).toBe(false);
    expect(isAmongLast("Steuer-ID und so weiter ", TAX, { most: 4 })).toBe(true);
    expect(isAmongLast("Steuer-ID und so weiter ", TAX, { between: new Set(["und", "so"]) })).toBe(false);
    expect(isAmongLast("Steuer-ID und so ", TAX, { between: new Set(["und", "so"]) })).toBe(true);
  });

  test("reads on from what it has read, to the same end", () => {
    const word = fc.constantFrom(
      "Steuer",
      "ID",
      "tax",
      "id",
      "number",
      "order",
      "12",
      "numéro",
      "fiscal",
      "steuerId",
      "myTax",
      "levyIdNumber",
      "x",
    );
    const glue = fc.constantFrom(" ", "-", ": ", "", ", 34 ");
    fc.assert(
      fc.property(fc.array(fc.tuple(word, glue), { minLength: 1, maxLength: 30 }), (pieces) => {
        const text = pieces.flat().join("");
        for (let at = 1; at <= text.length; at++) {
          const before = text.slice(Math.max(0, at - 60), at);
          const after = labelled(before, TAX);
          // a text of nothing that it knows comes between: then it is read anew
          labelled("qq ", TAX);
          expect(labelled(before, TAX)).toBe(after);
        }
      }),
    );
  });

  test("does not depend on what was asked before", () => {
    const texts = fc.constantFrom("Steuer-ID ", "order ", "numéro fiscal ", "", "x", "Steuer-ID order ");
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 6 }), (asked) => {
        const alone = new Map([
          ["Steuer-ID ", true],
          ["numéro fiscal ", true],
        ]);
        for (const before of asked) expect(labelled(before, TAX)).toBe(alone.get(before) ?? false);
      }),
    );
  });
});

describe("disclaimed", () => {
  test("sees labels of other things, and not one's own", () => {
    expect(disclaimed("order number ", TAX)).toBe(true);
    expect(disclaimed("order 1, Steuer-ID ", TAX)).toBe(false);
    expect(disclaimed("my number is ", TAX)).toBe(false);
  });
});

describe("isAnothers", () => {
  test.each(["order ", "order 12 ", "order (12 ", "sha256: ", "order number is ", "order no. ", "for the order: "])(
    "is so behind %p",
    (before) => {
      expect(isAnothers(before, TAX)).toBe(true);
    },
  );

  test.each([
    "the order of Anna ",
    "order 12: ",
    "order 12 is ",
    '"order": "12", ',
    "order paid by ",
    "",
    "my number is ",
    "order 1, Steuer-ID ",
    "Steuer-ID ",
  ])("is not so behind %p", (before) => {
    expect(isAnothers(before, TAX)).toBe(false);
  });

  test("is so behind the label of a personal thing, whatever stands between", () => {
    expect(labelled("order, phone, Anna ", PHONE)).toBe(true);
    expect(isAnothers("order, phone, Anna ", TAX)).toBe(true);
  });

  test("wants so many words in between", () => {
    expect(isAnothers("order placed ", TAX, 2)).toBe(true);
    expect(isAnothers("order placed yesterday ", TAX, 2)).toBe(false);
  });
});

test("hasLetterNear looks at so many characters", () => {
  expect(hasLetterNear("a12", 2)).toBe(false);
  expect(hasLetterNear("a12", 3)).toBe(true);
  expect(hasLetterNear("é1", 2)).toBe(true);
  expect(hasLetterNear("", 5)).toBe(false);
});

test("isOfOtherCountry sees the adjective of another country than one's own", () => {
  expect(isOfOtherCountry("My Croatian tax number is ", "german")).toBe(true);
  expect(isOfOtherCountry("My Croatian tax number is ", "croatian")).toBe(false);
  expect(isOfOtherCountry("My tax number is ", "german")).toBe(false);
});

test("reads what is in front with accents the same from left to right as by itself", () => {
  const text =
    "numéro de sécu 1 22 333, téléphone 44 55, n° fiscal: 6 Größe 7 straße 8 teléfonoAñejo 9 9 PESEL 12 – zażółć 3";
  const own = labels("teléfono añejo", "numéro de sécu");
  const asked = (at: number): readonly boolean[] => {
    const before = text.slice(Math.max(0, at - 60), at);
    return [isNamed(before), labelled(before, own), labelled(before, own, 12), disclaimed(before, own)];
  };
  const places = Array.from({ length: text.length + 1 }, (_, at) => at);
  const onward = places.map(asked);
  // what was read of one place is of no use at the one before it
  const backward = places.map((_, at) => asked(text.length - at)).reverse();
  expect(onward).toEqual(backward);
  expect(onward.filter(([, isOwn]) => isOwn).length).toBeGreaterThan(20);
});
