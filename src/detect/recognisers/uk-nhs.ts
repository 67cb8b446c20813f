import { allSame, digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** NHS numbers of England, Wales and the Isle of Man (NHS Data Dictionary): ten digits, weights 10 … 2, modulus 11. */
export const ukNhs = labelledNumber({
  name: "uk-nhs",
  entity: "UK_NHS",
  group: "national-id",
  patterns: ["\\d{3}[ \\-\u00a0]?\\d{3}[ \\-\u00a0]?\\d{4}"],
  labels: labels(
    "nhs",
    "nhs number",
    "nhs no",
    "nhs num",
    "national health service",
    "national health service number",
    "chi number",
  ),
  check(text) {
    const digits = digitsOf(text);
    const check = (11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    return !allSame(digits) && check === digitAt(digits, 9);
  },
});
