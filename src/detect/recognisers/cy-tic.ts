import { compact } from "./_checksums.ts";
import { labels } from "./_context.ts";
import { labelledNumber } from "./_labelled-number.ts";
import { cypriotCheck } from "./_tax-checks.ts";

/** Cypriot tax identification codes (Tax Department): eight digits and a check letter. */
export const cyTic = labelledNumber({
  name: "cy-tic",
  entity: "CY_TIC",
  group: "tax",
  patterns: ["[013-59]\\d{7} ?[A-Za-z]"],
  country: "cypriot",
  labels: labels(
    "tic",
    "tax identification code",
    "cyprus tic",
    "cyprus tax",
    "cypriot tax",
    "afm",
    "αφμ",
    "tax id",
    "tin",
    "vat",
    "vat number",
  ),
  check: (text) => cypriotCheck(compact(text)),
});
