import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { isDayMonthYear } from "./_dates.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."personas kods,personas koda,p k,pk,latvian personal,latvian personal code,personal code,latvian id,national id".split(
    ",",
  ),
);

/** Latvian personal codes (Fizisko personu reģistra likums): birth date and check digit; since 2017 `32` in front and no date. */
export const lvPk = {
  name: "lv-pk",
  entity: "LV_PK",
  group: "national-id",
  patterns: ["\\d{6}[\\-\u2011]?\\d{5}"],
  priority: 36,
  valid(text, before) {
    const digits = digitsOf(text);
    const known = labelled(before, LABELS);
    if (/^32/.test(digits)) return known;
    if (!isDayMonthYear(digits) || digitAt(digits, 6) > 2) return false;
    const rest = ((1101 - weightedSum(digits, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10;
    if (rest !== digitAt(digits, 10)) return false;
    return known || (text.includes("-") && !isAnothers(before, LABELS));
  },
} as const satisfies Recogniser;
