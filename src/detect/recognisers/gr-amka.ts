import { luhn } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { isDayMonthYear } from "./_dates.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Greek social security numbers (act 3655/2008): birth date, serial, Luhn's check. */
export const grAmka = labelledNumber({
  name: "gr-amka",
  entity: "GR_AMKA",
  group: "national-id",
  patterns: ["\\d{11}"],
  country: "greek",
  labels: labels(
    "amka",
    "αμκα",
    "α μ κ α",
    "greek amka",
    "αριθμος μητρωου κοινωνικης ασφαλισης",
    "greek social security",
    "social security number",
  ),
  check: (text) => isDayMonthYear(text) && luhn(text),
});
