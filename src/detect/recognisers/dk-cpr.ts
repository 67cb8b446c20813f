import { digitsOf, weightedSum } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { isDayMonthYear } from "./_dates.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."cpr,cpr nummer,cpr nr,cprnr,personnummer,danish cpr,danish cpr number,cpr number,danish personal identification number".split(
    ",",
  ),
  ..."danish personal number,personal identification number,danish id,national id".split(","),
);

/**
 * Danish personal numbers (CPR-kontoret, "Personnummeret i CPR"): birth date and serial. Modulus 11 no longer holds for
 * all since 2007, so a label stands in for it.
 */
export const dkCpr = {
  name: "dk-cpr",
  entity: "DK_CPR",
  group: "national-id",
  patterns: ["\\d{6}[ \\-\u2011]?\\d{4}"],
  priority: 37,
  valid(text, before) {
    const digits = digitsOf(text);
    if (!isDayMonthYear(digits)) return false;
    if (labelled(before, LABELS)) return true;
    const checked = weightedSum(digits, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
    return checked && /-/.test(text) && !isAnothers(before, LABELS) && !/\d-$/.test(before);
  },
} as const satisfies Recogniser;
