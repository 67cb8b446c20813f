import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Hungarian social security numbers (act XX of 1996): nine digits, weights 3 and 7, modulus 10. */
export const huTaj = labelledNumber({
  name: "hu-taj",
  entity: "HU_TAJ",
  group: "national-id",
  patterns: ["\\d{3}[ \\-]?\\d{3}[ \\-]?\\d{3}"],
  country: "hungarian",
  labels: labels(
    ..."taj,taj szam,tajszam,taj number,taj kartya,hungarian taj,hungarian social security,tarsadalombiztositasi azonosito,tarsadalombiztositasi szam".split(
      ",",
    ),
    ..."social security number".split(","),
  ),
  check(text) {
    const digits = digitsOf(text);
    return weightedSum(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitAt(digits, 8);
  },
});
