import { digitsOf } from "./_checksums.ts";
import { assignedNumber, nationalNumber } from "./_numbering.ts";
import { onceFor } from "./_once.ts";
import type { Recogniser } from "./recogniser.ts";

// What ends in figures, and a blank: a room, a house, a place's code.
const FIGURES = /(?:^|[^\d.,*/+=-])\d{1,6}[a-z]? $/i;
const ZIP = /\b[A-Z]{2},? \d{5}(?:-\d{4})? $/;
const LEAST = 10;

const isBehindFigures = onceFor((before) => before.endsWith(" ") && (FIGURES.test(before) || ZIP.test(before)));

/**
 * Telephone numbers behind other figures, where nothing but a telephone number begins like them: `Zimmer 12 +49 30 901820`,
 * `Springfield, IL 62701 (217) 555-0143`; without brackets behind an American place's code only.
 */
export const phoneSetApart = {
  name: "phone-set-apart",
  entity: "PHONE",
  group: "contact",
  patterns: [
    "\\+\\d{1,3}(?:[ .\\-/]\\(?\\d{1,11}\\)?){1,6}",
    "\\+\\d{1,3} ?\\(0\\) ?\\d{1,11}(?:[ .\\-/]\\d{1,11}){0,5}",
    "\\+\\d{10,14}",
    "\\(\\d{3}\\) ?\\d{3}[\\-. ]\\d{4}",
    "\\d{3}[\\-.]\\d{3}[\\-.]\\d{4}",
  ],
  priority: 61,
  canBegin: isBehindFigures,
  valid(text, before) {
    if (!isBehindFigures(before)) return false;
    const digits = digitsOf(text);
    if (text[0] === "+") return digits.length >= LEAST && assignedNumber(text.replace("(0)", ""));
    return (text[0] === "(" || ZIP.test(before)) && nationalNumber(digits, ["US"]);
  },
} as const satisfies Recogniser;
