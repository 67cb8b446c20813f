import { allSame } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { greekCheck } from "./_tax-checks.ts";

/** Greek tax numbers (AADE): nine digits, powers of two, modulus 11. */
export const grAfm = labelledNumber({
  name: "gr-afm",
  entity: "GR_AFM",
  group: "tax",
  patterns: ["\\d{9}"],
  country: "greek",
  labels: labels(
    "afm",
    "αφμ",
    "α φ μ",
    "αριθμος φορολογικου μητρωου",
    "greek afm",
    "greek tax",
    "tax id",
    "tax number",
    "tin",
  ),
  check: (text) => !allSame(text) && greekCheck(text),
});
