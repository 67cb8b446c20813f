import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { isYearMonthDay } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";

const RISING = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const FALLING = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

/** Hungarian personal marks (act XX of 1996, annex): sex, birth date, serial; weights rise until 1996, then fall. */
export const huPersonalId = labelledNumber({
  name: "hu-personal-id",
  entity: "HU_PERSONAL_ID",
  group: "national-id",
  patterns: ["[1-8][ \\-]?\\d{6}[ \\-]?\\d{4}"],
  labels: labels(
    ..."szemelyi szam,szemelyi azonosito,szemelyi azonosito jel,szemelyazonosito,hungarian personal,national id,personal id".split(
      ",",
    ),
  ),
  check(text) {
    const digits = digitsOf(text);
    const check = digitAt(digits, 10);
    return (
      isYearMonthDay(digits.slice(1)) &&
      [RISING, FALLING].some((weights) => weightedSum(digits, weights) % 11 === check)
    );
  },
});
