import { digitAt, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Slovenian EMŠO and the other numbers of the former JMBG (ZCRP): birth date, register, serial, modulus 11. */
export const siEmso = labelledNumber({
  name: "si-emso",
  entity: "SI_EMSO",
  group: "national-id",
  patterns: ["[0-3]\\d[01]\\d{10}"],
  country: "slovenian",
  labels: labels(
    "emso",
    "enotna maticna stevilka obcana",
    "maticna stevilka",
    "jmbg",
    "jedinstveni maticni broj",
    "slovenian emso",
    "slovenian personal",
    "national id",
  ),
  check(text) {
    const year = Number(text.slice(4, 7));
    if (!dayExists(year < 800 ? 2000 + year : 1000 + year, Number(text.slice(2, 4)), Number(text.slice(0, 2))))
      return false;
    const rest = weightedSum(text, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    return digitAt(text, 12) === ((11 - rest) % 11) % 10;
  },
});
