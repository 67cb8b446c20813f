import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** British unique taxpayer references (HMRC): ten digits, the check digit first, modulus 11. */
export const ukUtr = labelledNumber({
  name: "uk-utr",
  entity: "UK_UTR",
  group: "tax",
  patterns: ["\\d{10}", "\\d{5} \\d{5}"],
  labels: labels(
    "utr",
    "utr number",
    "unique taxpayer reference",
    "taxpayer reference",
    "self assessment",
    "tax reference",
  ),
  check(text) {
    const digits = digitsOf(text);
    const rest = weightedSum(digits.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    return "21987654321"[rest] === digits[0] && digitAt(digits, 0) > 0;
  },
});
