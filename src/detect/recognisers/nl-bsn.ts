import { allSame, digitsOf, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { GAP } from "./_separators.ts";

/** Dutch citizen service numbers (Wabb art. 1): eight or nine digits, weights 9 … 2 and −1, modulus 11. */
export const nlBsn = labelledNumber({
  name: "nl-bsn",
  entity: "NL_BSN",
  group: "national-id",
  patterns: [
    `\\d{8,9}`,
    `\\d{4}${GAP}\\d{2}${GAP}\\d{3}`,
    `\\d{3}${GAP}\\d{3}${GAP}\\d{3}`,
    `\\d{3}${GAP}\\d{2}${GAP}\\d{3}`,
    `\\d{2}${GAP}\\d{3}${GAP}\\d{3}`,
  ],
  labels: labels(
    ..."bsn,bsn nummer,burgerservicenummer,burger service nummer,sofinummer,sofi nummer,sofi,citizen service number,dutch bsn".split(
      ",",
    ),
    ..."persoonsnummer,dutch citizen,dutch social security,burgerservice nr".split(","),
  ),
  check(text) {
    const digits = digitsOf(text).padStart(9, "0");
    return !allSame(digits) && weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
  },
});
