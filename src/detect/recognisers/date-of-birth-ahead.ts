import { MONTHS } from "./_months.ts";
import { onceFor } from "./_once.ts";
import type { Recogniser } from "./recogniser.ts";

const LEADING = /\b(?:am|op) $/i;
// Biographies are of others.
const AT_HAND =
  /\b(?:ich|meine?|unsere?|patient(?:in)?|herr|frau|kund(?:e|in)|versicherte[rn]?|ik|mijn|onze|pati[ëe]nte?|mevrouw|meneer|klant)\b/i;

const isExpected = onceFor((before) => LEADING.test(before.slice(-4)) && AT_HAND.test(before));

/** Dates of birth that German and Dutch sentences say the word for behind: `ich bin am 4.9.1968 in Ulm geboren`. */
export const dateOfBirthAhead = {
  name: "date-of-birth-ahead",
  entity: "DATE_OF_BIRTH",
  group: "person",
  patterns: [
    `\\d{1,2}(?:[.-] ?\\d{1,2}[.-] ?|\\.? (?:${MONTHS}) )(?:19|20)?\\d{2}(?: (?:in|zu|te) \\p{Lu}[\\p{L} -]{1,20})? geboren`,
  ],
  ignoreCase: true,
  priority: 46,
  canBegin: isExpected,
  ends: (text) => text.search(/ (?:in|zu|te|geboren)\b/i),
  valid: (_text, before) => isExpected(before),
} as const satisfies Recogniser;
