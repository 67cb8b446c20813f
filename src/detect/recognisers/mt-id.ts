import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Maltese identity card numbers (Identity Card Act, cap. 258): up to seven digits and a letter of the register; no check. */
export const mtId = labelledNumber({
  name: "mt-id",
  entity: "MT_ID",
  group: "national-id",
  patterns: ["\\d{3,7} ?[MGAPLHBZmgaplhbz]"],
  country: "maltese",
  labels: labels(
    ..."maltese id,maltese id card,malta id,id card,identity card,karta tal identita,numru tal identita,karta ta l identita,id number,national id".split(
      ",",
    ),
    ..."maltese identity card".split(","),
  ),
  check: (text) => /[^0]\d/.test(text),
});
