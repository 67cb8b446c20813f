import { digitAt, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { isYearMonthDay } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Romanian personal codes (OUG 97/2005): sex and century, birth date, county, serial, weights 279146358279, modulus 11. */
export const roCnp = labelledNumber({
  name: "ro-cnp",
  entity: "RO_CNP",
  group: "national-id",
  patterns: ["[1-9]\\d{12}"],
  country: "romanian",
  labels: labels(
    ..."cnp,cod numeric personal,codul numeric personal,romanian cnp,romanian personal,personal numeric code,national id".split(
      ",",
    ),
  ),
  check(text) {
    if (!isYearMonthDay(text.slice(1, 7))) return false;
    const rest = weightedSum(text, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    return digitAt(text, 12) === (rest === 10 ? 1 : rest);
  },
});
