import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  allSame,
  balticCheck,
  compact,
  digitsOf,
  ean13,
  entropy,
  iso7064Mod11Ten,
  luhn,
  mod97,
  verhoeff,
  weightedSum,
} from "../../../src/detect/recognisers/_checksums.ts";

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: least, maxLength: most });

/** The only one of ten numbers, alike but for the last digit, that a check accepts. */
function accepted(head: string, check: (text: string) => boolean): string[] {
  return [..."0123456789"].filter((last) => check(head + last));
}

describe("checks", () => {
  test.each([
    ["luhn", luhn, "4111111111111111"],
    ["MOD 11,10", iso7064Mod11Ten, "36574261809"],
    ["GTIN-13", ean13, "4006381333931"],
    ["Verhoeff", verhoeff, "2363"],
  ] as const)("%s accepts a published example and no other last digit", (_name, check, example) => {
    expect(accepted(example.slice(0, -1), check)).toEqual([example.at(-1) as string]);
  });

  test("luhn accepts exactly one last digit, and no number with one digit changed", () => {
    fc.assert(
      fc.property(digits(1, 18), fc.nat(17), fc.integer({ min: 1, max: 9 }), (head, place, by) => {
        const [last, ...others] = accepted(head, luhn);
        expect(others).toEqual([]);
        const number = head + last;
        const at = place % number.length;
        const changed = `${number.slice(0, at)}${(Number(number[at]) + by) % 10}${number.slice(at + 1)}`;
        expect(luhn(changed)).toBe(false);
      }),
    );
  });

  test("verhoeff notices any two neighbours that changed places", () => {
    fc.assert(
      fc.property(digits(2, 12), fc.nat(11), (head, place) => {
        const number = head + accepted(head, verhoeff)[0];
        const at = place % (number.length - 1);
        fc.pre(number[at] !== number[at + 1]);
        const swapped = `${number.slice(0, at)}${number[at + 1]}${number[at]}${number.slice(at + 2)}`;
        expect(verhoeff(swapped)).toBe(false);
      }),
    );
  });

  test("mod97 agrees with exact arithmetic", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789ABCXYZ"), minLength: 1, maxLength: 30 }), (text) => {
        const spelled = [...text].map((character) => Number.parseInt(character, 36)).join("");
        expect(mod97(text)).toBe(Number(BigInt(spelled) % 97n));
      }),
    );
  });

  test("balticCheck gives the last digit of published codes", () => {
    expect(balticCheck("36805280109")).toBe(9);
    expect(balticCheck("33309240064")).toBe(4);
  });
});

describe("readings", () => {
  test("digitsOf and compact leave out what separates", () => {
    expect(digitsOf("12 34-5a.6")).toBe("123456");
    expect(compact("de 89-3x.")).toBe("DE893X");
  });

  test("weightedSum leaves out digits beyond the weights", () => {
    expect(weightedSum("1239", [1, 10, 100])).toBe(321);
  });

  test("allSame", () => {
    expect(allSame("0000")).toBe(true);
    expect(allSame("0001")).toBe(false);
  });

  test("entropy is nought for one character over and over and three bits for eight of a kind each", () => {
    expect(entropy("aaaa")).toBe(0);
    expect(entropy("abcdefgh")).toBe(3);
  });

  test("entropy is that of the shares of the units, and no text's counts are left for the next", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."abAB09_-é\uffff"), maxLength: 60 }), (text) => {
        const shares = [...new Set(text)].map((unit) => (text.split(unit).length - 1) / text.length);
        const bits = shares.reduce((sum, share) => sum - share * Math.log2(share), 0);
        expect(entropy(text)).toBeCloseTo(bits, 9);
        expect(entropy(text)).toBe(entropy(text));
        const heads = Array.from(text, (_, at) => text.slice(0, text.length - at));
        const alone = heads.map((head) => {
          entropy("another");
          return entropy(head);
        });
        entropy(text);
        expect(heads.map(entropy)).toEqual(alone);
      }),
    );
  });
});
