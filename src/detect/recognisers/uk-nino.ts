import { isAnothers, labelled, labels } from "./_context.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."nino,ni number,ni no,national insurance,national insurance number,national insurance no,nin,social security number".split(
    ",",
  ),
);

/** British national insurance numbers (HMRC, NIM39110): two letters, six digits, A to D; some letters are never used. */
export const ukNino = {
  name: "uk-nino",
  entity: "UK_NINO",
  group: "national-id",
  patterns: ["[A-Za-z]{2}\\d{6}[A-Da-d]", "[A-Z]{2}[ \\-]?\\d{2}[ \\-]?\\d{2}[ \\-]?\\d{2}[ \\-]?[A-D]"],
  priority: 35,
  valid(text, before) {
    const isNamed = labelled(before, LABELS);
    // what HMRC gives as an example, and so what whoever tries it writes
    if (isNamed && /^QQ/i.test(text)) return true;
    if (!/^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]/i.test(text)) return false;
    return isNamed || (text === text.toUpperCase() && !isAnothers(before, LABELS));
  },
} as const satisfies Recogniser;
