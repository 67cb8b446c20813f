import { allSame, luhn } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Italian VAT numbers, also the tax code of bodies (DPR 633/1972, art. 35): eleven digits with Luhn's check. */
export const itPiva = labelledNumber({
  name: "it-piva",
  entity: "IT_PIVA",
  group: "tax",
  patterns: ["\\d{11}"],
  country: "italian",
  labels: labels(
    ..."partita iva,p iva,piva,iva,codice fiscale,numero partita iva,partita i v a,italian vat,vat,vat number,c f,cf,cf e p iva".split(
      ",",
    ),
  ),
  check: (text) => !allSame(text) && luhn(text),
});
