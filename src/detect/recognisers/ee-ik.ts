import { balticCheck, digitAt } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { isYearMonthDay } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Estonian personal codes (RT I 2017, EVS 585:2007): sex and century, birth date, serial, a check in two stages. */
export const eeIk = labelledNumber({
  name: "ee-ik",
  entity: "EE_IK",
  group: "national-id",
  patterns: ["[1-8]\\d{10}"],
  country: "estonian",
  labels: labels(
    ..."isikukood,isikukoodi,isikukoodiga,ik,estonian isikukood,estonian personal,personal code,personal identification code,id code,estonian id code,estonian id,national id".split(
      ",",
    ),
  ),
  check: (text) => isYearMonthDay(text.slice(1)) && balticCheck(text) === digitAt(text, 10),
});
