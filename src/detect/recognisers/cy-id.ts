import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Cypriot identity card numbers: six to ten digits without a check. */
export const cyId = labelledNumber({
  name: "cy-id",
  entity: "CY_ID",
  group: "national-id",
  patterns: ["\\d{6,10}"],
  labels: labels(
    "cyprus id",
    "cypriot id",
    "cyprus id card",
    "cypriot identity card",
    "cyprus identity card",
    "arithmos taftotitas",
    "αριθμος ταυτοτητας",
  ),
  check: () => true,
});
