import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { labels } from "../../../src/detect/recognisers/_context.ts";
import { namedBy } from "../../../src/detect/recognisers/_named.ts";
import { readingOf } from "../../../src/detect/recognisers/_reading.ts";
import "../../../src/detect/recognisers/index.ts";

const WORDS =
  "phone tel iban ssn number passport no tax id numéro de sécu permis conduire order BSNNUMBER steuerId Steuer-ID e-mail mail a@b.com order@x.de łódź straße Größe hôtel iPhone und 12 - : , \n |".split(
    " ",
  );

const named = (before: string) => {
  const { own, isOther } = namedBy(before);
  return { own: new Set(own), isOther };
};

describe("namedBy", () => {
  test("says what the words read in full say, wherever the window begins", () => {
    const parts = fc.array(
      fc.tuple(
        fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: "binary", maxLength: 3 })),
        fc.constantFrom(" ", "", "_"),
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(parts, (pieces) => {
        const before = pieces.flat().join("").slice(-60);
        const { own, isOther } = readingOf(before);
        expect(named(before)).toEqual({ own: new Set(own), isOther });
      }),
      { numRuns: 300 },
    );
  });

  test("knows a label of several words, and that the nearest one counts", () => {
    const permit = labels("permis de chasse");
    expect(namedBy("mon permis de chasse : ").own).toContain(permit);
    expect(namedBy("mon permis de chasser : ").own).not.toContain(permit);
    expect(namedBy("permis de chasse, tel ").own).not.toContain(permit);
  });

  test("a label that is made later is known from then on", () => {
    const before = "my zirkelnummer is ";
    expect(namedBy(before).own).toHaveLength(0);
    const later = labels("Zirkelnummer");
    expect(namedBy(before).own).toEqual([later]);
  });

  test("a first word that may have lost its head labels nothing", () => {
    const rest = " is what they have in the hall downstairs since last week: ";
    expect(`tel${rest}`.length).toBeGreaterThanOrEqual(60);
    expect(namedBy(`tel${rest}`).own).toHaveLength(0);
    expect(namedBy(`tel${rest.slice(0, 50)}`).own.length).toBeGreaterThan(0);
  });
});
