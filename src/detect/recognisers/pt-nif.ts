import { digitsOf } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { GAP } from "./_separators.ts";
import { portugueseCheck } from "./_tax-checks.ts";

/** Portuguese taxpayer numbers (DL 14/2013): nine digits, weights 9 … 2, modulus 11, ten and eleven as nought. */
export const ptNif = labelledNumber({
  name: "pt-nif",
  entity: "PT_NIF",
  group: "tax",
  patterns: [`[1235-9]\\d{2}${GAP}?\\d{3}${GAP}?\\d{3}`, "45\\d ?\\d{3} ?\\d{3}"],
  country: "portuguese",
  labels: labels(
    ..."nif,contribuinte,numero de contribuinte,numero de identificacao fiscal,numero fiscal,identificacao fiscal,nipc,nif nipc".split(
      ",",
    ),
    ..."numero contribuinte,n contribuinte,portuguese nif,portuguese tax,tax id,tax number".split(","),
  ),
  check: (text) => portugueseCheck(digitsOf(text)),
});
