import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";

/** Greek identity cards: one or two letters (those that Greek and Latin share, or Greek) and six digits; no check. */
export const grIdCard = labelledNumber({
  name: "gr-id-card",
  entity: "GR_ID_CARD",
  group: "national-id",
  patterns: ["[A-ZΑ-Ω]{1,2}[ \\-]?\\d{6}"],
  labels: labels(
    "adt",
    "αδτ",
    "α δ τ",
    "αριθμος δελτιου ταυτοτητας",
    "δελτιο ταυτοτητας",
    "ταυτοτητα",
    "tautotita",
    "greek id card",
    "greek identity card",
  ),
  check: () => true,
});
