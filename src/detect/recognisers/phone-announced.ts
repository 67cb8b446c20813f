import { isNamed } from "./_context.ts";
import { ANY_FORM, isAnnounced, isPhone, phoneEnd } from "./_phone-numbers.ts";
import type { Recogniser } from "./recogniser.ts";

/** Telephone numbers behind a label or a word of calling: whatever looks like one. */
export const phoneAnnounced = {
  name: "phone-announced",
  entity: "PHONE",
  group: "contact",
  patterns: ANY_FORM,
  priority: 60,
  needs: isNamed,
  canBegin: isAnnounced,
  ends: phoneEnd,
  valid: (text, before, isNext = false) => isAnnounced(before) && isPhone(text, before, isNext),
} as const satisfies Recogniser;
