import { luhn, verhoeff } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { GAP } from "./_separators.ts";

const S = `${GAP}?`;

/** Luxembourg identification numbers (act of 19 June 2013): birth date, serial, Luhn's check and Verhoeff's. */
export const luNin = labelledNumber({
  name: "lu-nin",
  entity: "LU_NIN",
  group: "national-id",
  patterns: [`(?:1[89]|20)\\d{2}${S}\\d{2}${S}\\d{2}${S}\\d{3}${S}\\d{2}`],
  labels: labels(
    ..."matricule,numero d identification,numero matricule,cns,securite sociale,identification nationale,sozialversicherungsnummer".split(
      ",",
    ),
    ..."luxembourg,luxemburg,luxembourgeois,luxembourgeoise,luxembourgish,luxembourg id,luxembourg national,luxembourg identification number,matricule nationale,national id,nin".split(
      ",",
    ),
  ),
  check(text) {
    const digits = text.replace(/\D/g, "");
    if (!dayExists(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6, 8)))) return false;
    return luhn(digits.slice(0, 12)) && verhoeff(digits.slice(0, 11) + digits.slice(12));
  },
});
