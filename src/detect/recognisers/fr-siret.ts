import { digitsOf, luhn } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** French SIREN and SIRET numbers (INSEE), a sole trader's among them: nine or fourteen digits with Luhn's check. */
export const frSiret = labelledNumber({
  name: "fr-siret",
  entity: "FR_SIRET",
  group: "tax",
  patterns: ["\\d{3}[ \u00a0\u202f]?\\d{3}[ \u00a0\u202f]?\\d{3}(?:[ \u00a0\u202f]?\\d{5})?"],
  labels: labels("siren", "siret", "numero siren", "numero siret", "n siret", "n siren", "rcs"),
  check: (text) => luhn(digitsOf(text)),
});
