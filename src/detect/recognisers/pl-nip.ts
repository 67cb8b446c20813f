import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Polish tax numbers (act of 13 October 1995): ten digits, weights 6 5 7 2 3 4 5 6 7, modulus 11. */
export const plNip = labelledNumber({
  name: "pl-nip",
  entity: "PL_NIP",
  group: "tax",
  patterns: ["\\d{10}", "\\d{3}[ \\-]\\d{3}[ \\-]\\d{2}[ \\-]\\d{2}", "\\d{3}[ \\-]\\d{2}[ \\-]\\d{2}[ \\-]\\d{3}"],
  country: "polish",
  labels: labels(
    "nip",
    "nr nip",
    "numer nip",
    "numer identyfikacji podatkowej",
    "polish tax id",
    "polish nip",
    "tax id",
  ),
  check(text) {
    const digits = digitsOf(text);
    return weightedSum(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(digits, 9);
  },
});
