import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { GAP } from "./_separators.ts";

/** Austrian social insurance numbers (ASVG § 31): serial, check digit (modulus 11), birth date, its month up to 15. */
export const atSvnr = labelledNumber({
  name: "at-svnr",
  entity: "AT_SVNR",
  group: "national-id",
  patterns: [`[1-9]\\d{3}[ \u00a0\u202f/\\-]?\\d{2}${GAP}?\\d{2}${GAP}?\\d{2}`],
  country: "austrian",
  labels: labels(
    ..."svnr,sv nr,sv nummer,sozialversicherungsnummer,versicherungsnummer,sozialversicherung,vsnr,versicherungsnr,vers nr".split(
      ",",
    ),
    ..."austrian social security,social security number,social insurance,social insurance number,e card,ecard,svn".split(
      ",",
    ),
  ),
  check(text) {
    const digits = digitsOf(text);
    const month = Number(digits.slice(6, 8));
    if (!dayExists(Number(digits.slice(8)), month > 12 ? month - 12 : month, Number(digits.slice(4, 6)))) return false;
    return weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(digits, 3);
  },
});
