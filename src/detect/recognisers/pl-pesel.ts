import { digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Polish PESEL numbers (act of 24 September 2010, art. 15): birth date (month plus 20 per century), serial, check digit. */
export const plPesel = labelledNumber({
  name: "pl-pesel",
  entity: "PL_PESEL",
  group: "national-id",
  patterns: ["\\d{11}", "\\d{6}[ \\-]\\d{5}", "\\d{2}[ \\-]\\d{2}[ \\-]\\d{2}[ \\-]\\d{5}"],
  country: "polish",
  labels: labels(
    "pesel",
    "nr pesel",
    "numer pesel",
    "pesel u",
    "pesel to",
    "peselu",
    "polish national id",
    "national id",
    "identity number",
  ),
  check(text) {
    const digits = digitsOf(text);
    const month = Number(digits.slice(2, 4)) % 20;
    if (!dayExists(Number(digits.slice(0, 2)), month, Number(digits.slice(4, 6)))) return false;
    return weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
  },
});
