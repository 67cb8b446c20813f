import { DAY, LINK, POST, WORD } from "./_address-parts.ts";
import { isWholeName, WHOLE_NAME } from "./_person-name.ts";
import type { Recogniser } from "./recogniser.ts";

// A house's number first, or a street's name and the number.
const LINE = `(?:\\d{1,5}[ ,\\p{L}][^\\n]{3,40}|(?:Flat|Unit|Apt\\.?|Apartment) [^\\n]{5,40}|(?:\\p{Ll}{1,3}\\. |C/ ?)?(?:(?:${LINK}){0,2}${WORD} ?|${DAY}){1,5},? (?:n[.º°]{1,2} ?)?\\d{1,4}[^\\n]{0,30})`;
const STREET = /^(?:\d{1,5}\p{L}?,? (?:bis )?\p{L}|[^\d\n]{3,40},? (?:n[.º°]{1,2} ?)?\d{1,4}(?:\W|\p{L}?(?:\W|$)))/u;
const CODE =
  /(?:^|\s)(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]{2} \d{5}|\d{5}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2})(?:\s|$)/;

const beginsLine = (before: string): boolean => /(?:^|\n)[>|\s]{0,6}$/.test(before);

/** Names at the head of a letter: alone on their line, a street and a town with its code on the next ones. */
export const personAboveAddress = {
  name: "person-above-address",
  entity: "PERSON",
  group: "person",
  patterns: [`${WHOLE_NAME} {0,2}\\n${LINE}\\n(?:${POST} \\p{Lu})?`],
  right: "none",
  priority: 65,
  ends: (text) => nameOf(text).length,
  canBegin: beginsLine,
  // at the bound nothing says yet that it is one
  canBecome: () => false,
  valid(text, before) {
    const [name = "", street = "", town = ""] = text.split("\n");
    if (!beginsLine(before) || !STREET.test(street.trim())) return false;
    return (town !== "" || CODE.test(street)) && isWholeName(name.trim());
  },
} as const satisfies Recogniser;

const nameOf = (text: string): string => (text.split("\n", 1)[0] ?? "").trimEnd();
