import { digitAt, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Polish REGON numbers of nine or fourteen digits (Statistics Poland): modulus 11, ten counting as nought. */
export const plRegon = labelledNumber({
  name: "pl-regon",
  entity: "PL_REGON",
  group: "tax",
  patterns: ["\\d{9}", "\\d{14}"],
  labels: labels("regon", "nr regon", "numer regon"),
  check(text) {
    const weights = text.length === 9 ? [8, 9, 2, 3, 4, 5, 6, 7] : [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8];
    return (weightedSum(text, weights) % 11) % 10 === digitAt(text, text.length - 1);
  },
});
