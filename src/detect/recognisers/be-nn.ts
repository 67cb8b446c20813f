import { digitsOf } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import { GAP } from "./_separators.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."rijksregisternummer,rijksregister,rijksregisternr,rrn,insz,insz nummer,numero de registre national,registre national".split(
    ",",
  ),
  ..."numero national,n national,niss,nationalregisternummer,nrn,national number,national register number,belgian national number,nn,bis nummer".split(
    ",",
  ),
);
const S = `${GAP}?`;

/**
 * Belgian national register numbers (RD of 3 April 1984): birth date (its month plus 20 or 40 in bis numbers), serial,
 * 97 − n mod 97, a 2 in front for those born from 2000. Eleven digits in a row count by label only.
 */
export const beNn = {
  name: "be-nn",
  entity: "BE_NN",
  group: "national-id",
  patterns: [`\\d{2}${S}\\d{2}${S}\\d{2}[ \\-.\u00a0\u2011]?\\d{3}[ .\\-\u00a0]?\\d{2}`],
  priority: 35,
  valid(text, before) {
    const digits = digitsOf(text);
    const month = Number(digits.slice(2, 4)) % 20;
    const day = Number(digits.slice(4, 6));
    // Refugees and those whose day is not known have zeros there.
    if (month > 12 || (month > 0 && day > 0 && !dayExists(Number(digits.slice(0, 2)), month, day))) return false;
    const number = digits.slice(0, 9);
    const key = Number(digits.slice(9));
    if (97 - (Number(number) % 97) !== key && 97 - (Number(`2${number}`) % 97) !== key) return false;
    return labelled(before, LABELS) || (/^\d\d\.\d\d\.\d\d-\d{3}\.\d\d$/.test(text) && !isAnothers(before, LABELS));
  },
} as const satisfies Recogniser;
