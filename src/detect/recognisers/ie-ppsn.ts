import { compact } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { irishLetter } from "./_tax-checks.ts";

/** Irish personal public service numbers (Social Welfare Consolidation Act 2005, s. 262): weights 8 … 2, modulus 23. */
export const iePpsn = labelledNumber({
  name: "ie-ppsn",
  entity: "IE_PPSN",
  group: "national-id",
  patterns: ["\\d{7} ?[A-Wa-w][A-IWa-iw]?"],
  labels: labels(
    ..."pps,ppsn,pps number,pps no,personal public service,personal public service number,rsi,irish pps,tax reference,uimhir psp,psp".split(
      ",",
    ),
  ),
  check: (text) => irishLetter(compact(text)),
});
