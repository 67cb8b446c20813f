import { digitAt, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Hungarian tax identification marks (act XX of 1996, annex): ten digits beginning with 8, weights 1 … 9, modulus 11. */
export const huTaxId = labelledNumber({
  name: "hu-tax-id",
  entity: "HU_TAX_ID",
  group: "tax",
  patterns: ["8\\d{9}"],
  country: "hungarian",
  labels: labels(
    ..."adoazonosito,adoazonosito jel,adoazonosito jele,adoszam,hungarian tax,hungarian tax id,tax id,tax number".split(
      ",",
    ),
  ),
  check: (text) => weightedSum(text, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digitAt(text, 9),
});
