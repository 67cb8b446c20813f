import { digitsOf } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** French tax numbers of persons (DGFiP, "numéro SPI"): thirteen digits, the last three the others' remainder by 511. */
export const frTaxId = labelledNumber({
  name: "fr-tax-id",
  entity: "FR_TAX_ID",
  group: "tax",
  patterns: ["[0-3]\\d[ \u00a0]?\\d{2}[ \u00a0]?\\d{3}[ \u00a0]?\\d{3}[ \u00a0]?\\d{3}"],
  country: "french",
  labels: labels(
    "numero fiscal",
    "n fiscal",
    "no fiscal",
    "identifiant fiscal",
    "spi",
    "numero spi",
    "nif",
    // a label of more than three words ends like this
    "fiscal de reference",
    "french tax",
    "tax id",
    "tax number",
    "reference fiscale",
  ),
  check(text) {
    const digits = digitsOf(text);
    return Number(digits.slice(0, 10)) % 511 === Number(digits.slice(10));
  },
});
