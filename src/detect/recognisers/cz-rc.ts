import { digitsOf } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."rodne cislo,rc,r c,rodneho cisla,birth number,czech birth number,slovak birth number,personal number,cislo pojistence".split(
    ",",
  ),
  ..."czech personal,national id,rodnym cislom".split(","),
);

/**
 * Czech and Slovak birth numbers (act 133/2000, § 13; act 301/1995): birth date (month plus 50 for women, plus 20 where
 * a day's numbers ran out), a slash, serial; ten digits divide by eleven, nine (until 1953) carry no check.
 */
export const czRc = {
  name: "cz-rc",
  entity: "CZ_RC",
  group: "national-id",
  patterns: ["\\d{6} ?/ ?\\d{3,4}", "\\d{9,10}"],
  priority: 35,
  valid(text, before) {
    const digits = digitsOf(text);
    // The second series of a day has been there since 2004.
    const series = Number(digits.slice(2, 4)) % 50;
    const year = Number(digits.slice(0, 2));
    const month = year >= 4 && year < 54 && digits.length === 10 ? series % 20 : series;
    if (!dayExists(Number(digits.slice(0, 2)), month, Number(digits.slice(4, 6)))) return false;
    if (digits.length === 9) return Number(digits.slice(0, 2)) < 54 && labelled(before, LABELS);
    // A remainder of ten was written as nought until 1985.
    const rest = Number(digits.slice(0, 9)) % 11;
    if (rest % 10 !== Number(digits[9])) return false;
    return labelled(before, LABELS) || (text.includes("/") && !isAnothers(before, LABELS));
  },
} as const satisfies Recogniser;
