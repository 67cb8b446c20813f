import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Finnish business ids (act 244/2001), a sole trader's among them: seven digits, a hyphen, a check, modulus 11. */
export const fiBusinessId = labelledNumber({
  name: "fi-business-id",
  entity: "FI_BUSINESS_ID",
  group: "tax",
  patterns: ["\\d{7}-\\d"],
  labels: labels("y tunnus", "ytunnus", "business id", "finnish business id", "fo nummer"),
  check(text) {
    const digits = digitsOf(text);
    const rest = weightedSum(digits, [7, 9, 10, 5, 8, 4, 2]) % 11;
    return rest !== 1 && digitAt(digits, 7) === (rest === 0 ? 0 : 11 - rest);
  },
});
