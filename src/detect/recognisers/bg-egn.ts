import { digitAt, weightedSum } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Bulgarian civil numbers (Civil Registration Act, art. 11): birth date, month plus 20 or 40 per century, modulus 11. */
export const bgEgn = labelledNumber({
  name: "bg-egn",
  entity: "BG_EGN",
  group: "national-id",
  patterns: ["\\d{10}"],
  country: "bulgarian",
  labels: labels(
    ..."egn,егн,единен граждански номер,bulgarian egn,uniform civil number,bulgarian personal,unified civil number,ucn,bulgarian ucn,national id".split(
      ",",
    ),
  ),
  check(text) {
    const month = Number(text.slice(2, 4)) % 20;
    if (!dayExists(Number(text.slice(0, 2)), month, Number(text.slice(4, 6)))) return false;
    return (weightedSum(text, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(text, 9);
  },
});
