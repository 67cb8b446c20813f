import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Portuguese social security numbers (Segurança Social): eleven digits, primes as weights, modulus 10. */
export const ptNiss = labelledNumber({
  name: "pt-niss",
  entity: "PT_NISS",
  group: "national-id",
  patterns: ["[12]\\d{2} ?\\d{3} ?\\d{3} ?\\d{2}", "[12]\\d{10}"],
  country: "portuguese",
  labels: labels(
    ..."niss,seguranca social,numero de seguranca social,numero da seguranca social,identificacao da seguranca social".split(
      ",",
    ),
    ..."portuguese social security,social security number,portuguese niss".split(","),
  ),
  check(text) {
    const digits = digitsOf(text);
    return 9 - (weightedSum(digits, [29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10) === digitAt(digits, 10);
  },
});
