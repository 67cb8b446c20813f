import { digitAt, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Slovenian tax numbers (ZDavP-2): eight digits, weights 8 … 2, modulus 11. */
export const siTaxId = labelledNumber({
  name: "si-tax-id",
  entity: "SI_TAX_ID",
  group: "tax",
  patterns: ["[1-9]\\d{7}"],
  country: "slovenian",
  labels: labels(
    "davcna stevilka",
    "davcna",
    "id za ddv",
    "slovenian tax",
    "slovenian tax number",
    "tax number",
    "tax id",
  ),
  check(text) {
    const rest = 11 - (weightedSum(text, [8, 7, 6, 5, 4, 3, 2]) % 11);
    return rest !== 11 && rest % 10 === digitAt(text, 7);
  },
});
