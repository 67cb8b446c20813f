import { compact } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { spanishBody } from "./_tax-checks.ts";

/** Spanish tax codes of bodies (Orden EHA/451/2008): a letter, seven digits, Luhn's check as a digit or a letter. */
export const esCif = labelledNumber({
  name: "es-cif",
  entity: "ES_CIF",
  group: "tax",
  patterns: [
    "[A-HJNP-SUVWa-hjnp-suvw][ \\-]?\\d{7}[ \\-]?[\\dA-Ja-j]",
    "[A-HJNP-SUVW]-?\\d{2}\\.?\\d{3}\\.?\\d{2}[\\dA-J]",
  ],
  country: "spanish",
  labels: labels(
    "cif",
    "c i f",
    "nif",
    "n i f",
    "codigo de identificacion fiscal",
    "identificacion fiscal",
    "cif nif",
    "spanish cif",
    "tax id",
  ),
  check: (text) => spanishBody(compact(text)),
});
