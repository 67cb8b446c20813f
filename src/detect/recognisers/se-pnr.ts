import { digitsOf, luhn } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  "pers nr",
  "persnr",
  ..."personnummer,personnr,pnr,samordningsnummer,swedish personal identity number,personal identity number,swedish personnummer".split(
    ",",
  ),
  ..."personal number,swedish id,swedish personal number,person nr,social security number,national id".split(","),
);

/**
 * Swedish personal identity numbers (SFS 1991:481): birth date (its day plus 60 in co-ordination numbers), `-` or, from
 * the hundredth year of age, `+`, serial, Luhn's check over ten digits.
 */
export const sePnr = {
  name: "se-pnr",
  entity: "SE_PNR",
  group: "national-id",
  patterns: ["(?:19|20)?\\d{6}[ \\-+\u2011]?\\d{4}"],
  priority: 36,
  valid(text, before) {
    const digits = digitsOf(text).slice(-10);
    const day = Number(digits.slice(4, 6));
    if (!dayExists(Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), day > 60 ? day - 60 : day) || !luhn(digits))
      return false;
    return (
      labelled(before, LABELS) || (/\d{6}[-+\u2011]/.test(text) && !isAnothers(before, LABELS) && !/\d-$/.test(before))
    );
  },
} as const satisfies Recogniser;
