import { EXTENSION, GAP, isPhone } from "./_phone-numbers.ts";
import type { Recogniser } from "./recogniser.ts";

/**
 * Telephone numbers by their looks: E.164 with a country's code that exists; national forms of the EU, the EEA, the United
 * Kingdom, Switzerland and the United States where numbering metadata knows them.
 */
export const phone = {
  name: "phone",
  entity: "PHONE",
  group: "contact",
  patterns: [
    `\\+\\d{1,16}(?:${GAP}\\d{1,8}){0,2}(?:${GAP}\\d{2,8}){0,5}${EXTENSION}`,
    `\\+\\d{1,3} ?\\(0\\) ?\\d{6,12}${EXTENSION}`,
    `\\(\\+?\\d{1,4}\\)(?:${GAP})?\\d{1,12}(?:${GAP}\\d{2,8}){0,5}${EXTENSION}`,
    `00\\d{1,3}(?:${GAP}\\d{1,8}){1,7}${EXTENSION}`,
    `0(?:\\d{5,14}|\\d{0,7}(?:${GAP}\\d{2,8}){1,6})${EXTENSION}`,
    `(?:1[\\-. ])?(?:\\(\\d{3}\\) ?|\\d{3}[\\-. ])\\d{3}[\\-. ]\\d{4}${EXTENSION}`,
  ],
  priority: 60,
  valid: isPhone,
} as const satisfies Recogniser;
