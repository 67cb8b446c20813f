import { digitsOf, iso7064Mod11Ten } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { GAP } from "./_separators.ts";

const S = `${GAP}?`;

/** German tax identification numbers (§ 139b AO; BZSt): eleven digits, one of the first ten repeated, MOD 11,10. */
export const deSteuerId = labelledNumber({
  name: "de-steuer-id",
  entity: "DE_STEUER_ID",
  group: "tax",
  patterns: [`[1-9]\\d${S}\\d{3}${S}\\d{3}${S}\\d{3}`, `[1-9]\\d{2}${S}\\d{3}${S}\\d{3}${S}\\d{2}`],
  country: "german",
  labels: labels(
    ..."steuer id,steueridentnummer,steuer idnr,steuer id nr,steueridentifikationsnummer,steuerliche identifikationsnummer,identifikationsnummer".split(
      ",",
    ),
    ..."idnr,id nr,steuer identifikationsnummer,steuernummer,steuer nr,tin,tax id,tax number,tax identification number,idnr".split(
      ",",
    ),
    ..."german tax id,german tax,steuerid".split(","),
  ),
  check(text) {
    const digits = digitsOf(text);
    return new Set(digits.slice(0, 10)).size < 10 && iso7064Mod11Ten(digits);
  },
});
