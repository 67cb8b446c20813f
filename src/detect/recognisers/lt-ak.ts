import { balticCheck, digitAt } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { isYearMonthDay } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Lithuanian personal codes (Gyventojų registro įstatymas, art. 8): as the Estonian ones; a 9 in front has no date. */
export const ltAk = labelledNumber({
  name: "lt-ak",
  entity: "LT_AK",
  group: "national-id",
  patterns: ["[1-69]\\d{10}"],
  country: "lithuanian",
  labels: labels(
    ..."asmens kodas,asmens kodo,a k,ak,lithuanian personal,lithuanian personal code,personal code,lithuanian id,national id".split(
      ",",
    ),
  ),
  check: (text) => (text.startsWith("9") || isYearMonthDay(text.slice(1))) && balticCheck(text) === digitAt(text, 10),
});
