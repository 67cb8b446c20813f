import { isPhone, mayBePhone, phoneEnd, SELF_EVIDENT } from "./_phone-numbers.ts";
import type { Recogniser } from "./recogniser.ts";

/**
 * Telephone numbers by their looks: E.164 with a country's code that exists; national forms of the EU, the EEA, the United
 * Kingdom, Switzerland and the United States where numbering metadata knows them.
 */
export const phone = {
  name: "phone",
  entity: "PHONE",
  group: "contact",
  patterns: SELF_EVIDENT,
  priority: 60,
  ends: phoneEnd,
  canBegin: mayBePhone,
  valid: isPhone,
} as const satisfies Recogniser;
