import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { asCompared, unmarked } from "../../../src/detect/recognisers/_plain-letters.ts";

const byUnicode = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "");

describe("unmarked", () => {
  test("takes the marks off each letter of the first plane as Unicode has it", () => {
    for (let code = 0; code < 0x10000; code++) {
      const text = `a${String.fromCharCode(code)}b`;
      expect(unmarked(text)).toBe(byUnicode(text));
    }
  });

  test("takes them off texts of any length", () => {
    const unit = fc.constantFrom(..."aé ñŁżǅſ1:ǰ\u0301한😀Ωώк\ud800");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 90 }), (text) => {
        expect(unmarked(text)).toBe(byUnicode(text));
      }),
    );
  });
});

test("compares small letters without marks", () => {
  expect(asCompared("Numéro de Sécu")).toBe("numero de secu");
  expect(asCompared("STRAẞE Łódź Køb")).toBe("strasse lodz kob");
});
