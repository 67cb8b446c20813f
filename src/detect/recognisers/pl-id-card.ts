import { compact } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Polish identity cards (weights 7 3 1 – 9 7 3 1 7 3, the check digit fourth): three letters and six digits. */
export const plIdCard = labelledNumber({
  name: "pl-id-card",
  entity: "PL_ID_CARD",
  group: "national-id",
  patterns: ["[A-Za-z]{3} ?\\d{6}"],
  country: "polish",
  labels: labels(
    ..."dowod,dowod osobisty,dowodu osobistego,nr dowodu,numer dowodu,seria i numer,polish id card,id card,identity card,dowodu,dowodem osobistym,dowodzie osobistym,dowod os".split(
      ",",
    ),
  ),
  check(text) {
    const code = compact(text);
    const weights = [7, 3, 1, 9, 7, 3, 1, 7, 3];
    const sum = weights.reduce((total, weight, at) => total + weight * Number.parseInt(code[at] as string, 36), 0);
    return sum % 10 === 0;
  },
});
