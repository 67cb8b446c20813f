import { iso7064Mod11Ten } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Croatian personal identification numbers (NN 60/2008): eleven digits, MOD 11,10. */
export const hrOib = labelledNumber({
  name: "hr-oib",
  entity: "HR_OIB",
  group: "national-id",
  patterns: ["\\d{11}"],
  country: "croatian",
  labels: labels(
    ..."oib,osobni identifikacijski broj,osobni identifikacijski,croatian oib,croatian personal,personal identification number".split(
      ",",
    ),
    ..."tax id,tax number,national id".split(","),
  ),
  check: iso7064Mod11Ten,
});
