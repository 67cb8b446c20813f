import { isNamed } from "./_context.ts";
import { EXTENSION, GAP, isAnnounced, isPhone } from "./_phone-numbers.ts";
import type { Recogniser } from "./recogniser.ts";

/** Telephone numbers behind a label or a word of calling: whatever looks like one. */
export const phoneAnnounced = {
  name: "phone-announced",
  entity: "PHONE",
  group: "contact",
  patterns: [
    `\\+\\d{1,16}(?:${GAP}\\d{1,8}){0,2}(?:${GAP}\\d{2,8}){0,5}${EXTENSION}`,
    `\\+\\d{1,3} ?\\(0\\) ?\\d{6,12}${EXTENSION}`,
    `\\(\\+?\\d{1,4}\\)(?:${GAP})?\\d{1,12}(?:${GAP}\\d{2,8}){0,5}${EXTENSION}`,
    `00\\d{1,3}(?:${GAP}\\d{1,8}){1,7}${EXTENSION}`,
    `(?:\\d{6,15}|\\d{1,8}(?:${GAP}\\d{2,8}){1,6})${EXTENSION}`,
  ],
  priority: 60,
  needs: isNamed,
  canBegin: isAnnounced,
  valid: (text, before, isNext = false) => isAnnounced(before) && isPhone(text, before, isNext),
} as const satisfies Recogniser;
