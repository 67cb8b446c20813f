import { nationalNumber } from "./_numbering.ts";
import { onceFor } from "./_once.ts";
import type { Recogniser } from "./recogniser.ts";

// An address, and what parts the members of a signature, a row or a list.
const MAIL = /@[\p{L}\d.-]{1,50}\.\p{L}{2,24}["'>)\]]{0,2}\s{0,2}(?:[,;|/·•–—-]\s?)?["'(]{0,2}$/u;

const isBesideMail = onceFor((before) => before.includes("@") && MAIL.test(before));

/**
 * Telephone numbers in groups right behind a mail address, in countries whose numbers begin with no nought: `ana@example.com,
 * 676 51 69 18`.
 */
export const phoneBesideMail = {
  name: "phone-beside-mail",
  entity: "PHONE",
  group: "contact",
  patterns: ["[1-9]\\d{1,2}(?:[ .\\-]\\d{2,4}){2,3}"],
  priority: 61,
  canBegin: isBesideMail,
  valid(text, before) {
    const digits = text.replace(/\D/g, "");
    return isBesideMail(before) && digits.length >= 9 && digits.length <= 10 && nationalNumber(digits);
  },
} as const satisfies Recogniser;
