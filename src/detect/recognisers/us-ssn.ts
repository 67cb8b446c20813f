import { allSame, digitsOf } from "./_checksums.ts";
import { disclaimed, isApart, isOfOtherCountry, labelled, labels } from "./_context.ts";
import { BLANK, HYPHEN } from "./_separators.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  "ssn",
  "social security",
  "social security number",
  "social security no",
  "social security nr",
  "soc sec",
  "itin",
  "taxpayer",
  "tin",
  "taxpayer id",
);
// Numbers printed in advertisements, withdrawn ever since (SSA, "Social Security Number Chronology"). Not 123-45-6789:
// whoever writes it means a social security number.
const ADVERTISED = new Set(["078051120", "219099999"]);
// What tools call whatever they answer.
const WRAPPER = /\b(?:result|output|response|error)s?\W{1,6}$/i;

/**
 * United States social security numbers, as SSA hands them out since 2011 (no area 000, 666 or 900 up, no group 00, no
 * serial 0000), and the IRS's individual taxpayer numbers (area 900 up). Nine digits in a row count by label only.
 */
export const usSsn = {
  name: "us-ssn",
  entity: "US_SSN",
  group: "national-id",
  patterns: [
    `\\d{3}${HYPHEN}\\d{2}${HYPHEN}\\d{4}`,
    `\\d{3}${BLANK}\\d{2}${BLANK}\\d{4}`,
    "\\d{3}\\.\\d{2}\\.\\d{4}",
    "\\d{9}",
  ],
  priority: 35,
  valid(text, before) {
    const digits = digitsOf(text);
    if (!assigned(digits) || ADVERTISED.has(digits) || allSame(digits) || /\d-$/.test(before)) return false;
    if (text.length === 11 && /[^\d\s.]/.test(text)) {
      return !disclaimed(before, LABELS) || WRAPPER.test(before) || isApart(before, 1);
    }
    return labelled(before, LABELS) && !isOfOtherCountry(before, "american");
  },
} as const satisfies Recogniser;

function assigned(digits: string): boolean {
  const group = Number(digits.slice(3, 5));
  if (/^(?:000|666)/.test(digits) || group === 0 || digits.endsWith("0000")) return false;
  return digits[0] !== "9" || (group >= 50 && !(group > 65 && group < 70) && group !== 89 && group !== 93);
}
