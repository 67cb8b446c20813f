import { digitsOf } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** German tax numbers as the offices of the states write them (`93/815/08152`), and the unified 13 digits (ELSTER). */
export const deSteuernummer = labelledNumber({
  name: "de-steuernummer",
  entity: "DE_STEUERNUMMER",
  group: "tax",
  patterns: ["\\d{2,3}[/ ]\\d{3,4}[/ ]\\d{4,5}", "\\d{10,11}", "\\d{13}"],
  labels: labels(..."steuernummer,steuer nr,st nr,stnr,steuer nummer,german tax number".split(",")),
  priority: 45,
  check: (text) => [10, 11, 13].includes(digitsOf(text).length),
});
