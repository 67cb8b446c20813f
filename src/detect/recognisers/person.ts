import { asciiTable } from "../ascii-table.ts";
import { formFront, unquoted } from "./_form-front.ts";
import { isGivenName, isWordAndName } from "./_given-names.ts";
import { foldedName } from "./_name-letters.ts";
import { onceFor } from "./_once.ts";
import {
  BESIDE_GIVEN,
  CALLED,
  CALLING,
  CLOSED_BEFORE,
  CLOSING,
  GIVEN_LABEL,
  INTRODUCED,
  INTRODUCING,
  LABELLED,
  LAST_WORDS,
  NAMED,
  NO_NAMES,
  SALUTED,
  SIGNED,
  SIGNED_LINE,
  SPOKEN,
  TITLED,
} from "./_person-context.ts";
import { isListed, isRole } from "./_person-roles.ts";
import type { Recogniser } from "./recogniser.ts";

const NAME = "(?:[\\p{Lu}d]['’])?\\p{Lu}\\p{L}{1,21}(?:-\\p{Lu}\\p{L}{1,19})?";
const INITIAL = "\\p{Lu}\\.";
const PARTICLE =
  "(?:(?:van|von|de|del|della|di|da|dos|das|do|du|la|le|den|der|ten|ter|zu|af|av|y|e|el|al|bin|St\\.) ){0,2}";
const SPACE = 0x20;
const HYPHEN = 0x2d;
const LINE_END = 0x0a;
const FULL_STOP = 0x2e;
const COMMA = 0x2c;
// Mevrouw de Vries, Herr von Stein
const LEADING = "(?:van|von|de|del|della|di|da|du|den|ten|ter|zu) (?:(?:den|der|het|la|los|las|de|'t) )?";

const LIST_SIGNS = ",;&-*•";
const AND = new Set(["and", "und", "et", "y", "e", "i", "en"]);
const NAME_LABEL = /\b(?:name|nom|nombre|nome|naam)\b[^\p{L}\d]{1,12}$/iu;
const FORM_SIGN = /[:=→]/;
// "Szanowny Monsieur. ", the longest title or salutation, and what stands in front of it.
const LONGEST_SPOKEN = 24;

type Context = "certain" | "called" | "given" | "likely" | "role" | "signed";

/** What stands in front says of what follows: nearly always nothing, which its last word and sign show. */
const contextOf = onceFor((before): Context | undefined => {
  const sign = lastSign(before);
  if (sign === "") {
    const word = lastWord(before);
    if (LAST_WORDS.has(word)) return spokenOf(before, word);
    if (!AND.has(word) && !(before.endsWith(" ") && LIST_SIGNS.includes(before[before.length - 2] ?? " ")))
      return undefined;
    if (before.endsWith(", ") && CLOSED_BEFORE.test(unquoted(before))) return "signed";
    return isListed(before) ? "role" : undefined;
  }
  if (sign === "\n")
    return (
      (mayClose(before) ? signedOf(lineAbove(unquoted(before))) : undefined) ?? (isListed(before) ? "role" : undefined)
    );
  const front = formFront(before);
  const near = front.slice(-48);
  // a label stands on one line
  const filled = filledIn(near.slice(near.lastIndexOf("\n") + 1));
  return filled !== "certain" && near.slice(-8).toLowerCase().includes("nom") && BESIDE_GIVEN.test(front)
    ? "certain"
    : filled;
});

const signedOf = (line: string): Context | undefined =>
  SIGNED.test(line) || SIGNED_LINE.test(line) ? "signed" : undefined;

/** What words say that a name follows; `word` is the last of them. */
function spokenOf(before: string, word: string): Context | undefined {
  const near = before.slice(-48);
  const short = before.slice(-LONGEST_SPOKEN);
  if ((INTRODUCING.has(word) && INTRODUCED.test(near)) || SALUTED.test(short)) return "certain";
  // a title behind the label
  const form = FORM_SIGN.test(near.slice(-16)) ? filledIn(near) : undefined;
  if (form === "certain") return form;
  if (CALLING.has(word) && CALLED.test(near)) return "called";
  return TITLED.test(short) || SPOKEN.test(short) ? "likely" : form;
}

/** What the label of a form says. */
function filledIn(near: string): Context | undefined {
  if (!FORM_SIGN.test(near.slice(-16))) return undefined;
  if (NAMED.test(near)) return "certain";
  if (GIVEN_LABEL.test(near)) return "given";
  if (LABELLED.test(near)) return "likely";
  return isRole(near) || isListed(near) ? "role" : undefined;
}

/**
 * Names of persons, of one to four words. No list knows all names, most capitalised words are none, and most names in
 * prompts are of the famous and the invented; so something in front must say that it is somebody at hand: a
 * self-introduction, a form's label, a salutation, a title, the end of a letter. Where that says little, the first word
 * must be a common given name.
 */
export const person = {
  name: "person",
  entity: "PERSON",
  group: "person",
  patterns: [
    `${NAME}(?: (?:${INITIAL} ){0,2}${PARTICLE}${NAME}){0,3}`,
    `(?:${INITIAL} ?){1,2}${PARTICLE}${NAME}(?: ${PARTICLE}${NAME}){0,2}`,
    `${LEADING}${NAME}(?: ${NAME}){0,1}`,
    // of registers: the family's name first
    `(?:${LEADING})?${NAME}(?:[ -]${NAME})?, ${NAME}(?:[ -]${NAME})?`,
  ],
  priority: 65,
  canBegin: (before) => contextOf(before) !== undefined,
  valid(text, before) {
    const context = contextOf(before);
    if (context === undefined) return false;
    if (text.includes(",")) return isRegistered(text, before, context);
    const first = firstWord(text);
    const full = first.length < text.length;
    // asked first: it mostly decides
    if (context !== "certain" && !isKnown(foldedName(first), full, context)) return false;
    if (context === "called" && /^\p{Ll}/u.test(text)) return false;
    if (!full && text === text.toUpperCase()) return false;
    if (text.split(/[ -]/).some(isOfCode)) return false;
    return !text
      .split(/[ -]/)
      .some((word, at) => isNoName(foldedName(word), at > 0 || full) && !(at > 0 && full && isSurname(word, first)));
  },
} as const satisfies Recogniser;

/** Whether it is a family's name, a comma and a given name behind the label of a form: `Name: Schneider, Birgit`. */
function isRegistered(text: string, before: string, context: Context): boolean {
  const [family = "", given = ""] = text.split(", ");
  if (context === "signed" || context === "called" || !FORM_SIGN.test(formFront(before).slice(-16))) return false;
  // whom something is by, or goes to, is written otherwise
  if (context === "likely" && !NAME_LABEL.test(before)) return false;
  // two people
  if (family.includes(" ") && isGivenName(foldedName(firstWord(family)))) return false;
  return (
    isGivenName(foldedName(firstWord(given))) && !family.split(/[ -]/).some((word) => isNoName(foldedName(word), true))
  );
}

/** Whether the first word of a name is a given one, as what stands in front asks for it. */
function isKnown(first: string, full: boolean, context: Context): boolean {
  if (!full) return (context === "signed" || context === "given") && isGivenName(first);
  return isGivenName(first) || (context !== "called" && isWordAndName(first));
}

// Of a model, alone; with another name of many people.
const CLAUDE = "claude";
const SURNAMES = new Set(["king", "prince", "judge", "pope", "may", "march", "lord", "street", "speaker"]);

const isNoName = (word: string, isOneOfSome: boolean): boolean =>
  NO_NAMES.has(word) && !(word === CLAUDE && isOneOfSome);

/** Whether a word that is mostly none is a surname behind a given name: `Martin King`. */
const isSurname = (word: string, first: string): boolean =>
  SURNAMES.has(word.toLowerCase()) && isGivenName(foldedName(first));

const HUMP = /\p{Ll}\p{Lu}/gu;
const NOBLE = /^(?:Mc|Mac|De|Del|Della|Di|Da|Du|Le|La|Lo|Van|Von|Vander|Fitz|St|Ten|Ter|El|Al|Ap)\p{Lu}/u;

/** Whether it has capitals inside as functions do, and not as McDonald does. */
function isOfCode(word: string): boolean {
  const humps = word.match(HUMP)?.length ?? 0;
  return humps > 1 || (humps === 1 && !NOBLE.test(word));
}

// What may stand between the sign of a form and the value; `>` ends elements and begins lines of quoted mail.
const BETWEEN = asciiTable([" \t\"'<[\\*_`", 1]);
const SIGNS = ":=→\n>…·";
const BEHIND_CLOSE = " \t\r\n>|,.!";
const BEFORE_CLOSE = " \t\n>|*_";
const QUOTED_LINE = /\n(?:[>|] ?)+$/;
const LONGEST_QUOTE = 9;

function firstWord(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === HYPHEN) return text.slice(0, at);
  }
  return text;
}

const isBetween = (code: number): boolean => code < 0x80 && BETWEEN[code] === 1;

/** A letter of ASCII or a figure. */
function isOfWord(code: number): boolean {
  const small = code | 32;
  return (small >= 97 && small <= 122) || (code >= 48 && code <= 57);
}

/** The sign that ends a label, or a line, in front; none: a word, or another sign. */
function lastSign(before: string): string {
  let end = before.length - 1;
  while (end > 0 && isBetween(before.charCodeAt(end))) end -= 1;
  // most places are behind a word, or within one
  if (isOfWord(before.charCodeAt(end))) return "";
  const sign = before[end] ?? "";
  if (sign === ".") return before[end - 1] === "." ? sign : "";
  if (!SIGNS.includes(sign)) return "";
  if (sign === ">" && QUOTED_LINE.test(before.slice(-LONGEST_QUOTE))) return "\n";
  return sign === "\n" && before[end - 1] === ":" ? ":" : sign;
}

/** What stands in front, from the beginning of the last line that is not empty. */
function lineAbove(before: string): string {
  return before.slice(before.trimEnd().lastIndexOf("\n") + 1);
}

/** Whether the word that ends the line in front is one that letters close with. */
function mayClose(before: string): boolean {
  let end = before.length;
  while (end > 0 && BEHIND_CLOSE.includes(before[end - 1]!)) end -= 1;
  let start = end;
  while (start > 0 && end - start < 16 && !BEFORE_CLOSE.includes(before[start - 1]!)) start -= 1;
  return CLOSING.has(before.slice(start, end).toLowerCase());
}

/** The word in front, small; none where no blank follows it. */
function lastWord(before: string): string {
  let end = before.length - 1;
  if (before.charCodeAt(end) !== SPACE) return "";
  while (before.charCodeAt(end - 1) === FULL_STOP || before.charCodeAt(end - 1) === COMMA) end -= 1;
  let start = end;
  // No such word has more than ten letters.
  while (start > 0 && end - start < 11) {
    const code = before.charCodeAt(start - 1);
    if (code === SPACE || code === LINE_END) break;
    start -= 1;
  }
  return before.slice(start, end).toLowerCase();
}
