import { GIVEN_NAMES } from "./_given-names.ts";
import {
  INTRODUCED,
  LABELLED,
  LAST_WORDS,
  NAMED,
  NO_NAMES,
  SALUTED,
  SIGNED,
  SPOKEN,
  TITLED,
} from "./_person-context.ts";
import type { Recogniser } from "./recogniser.ts";

// A place with a capital is asked once per length of the match.
let asked = { before: "", answer: false };

const NAME = "(?:\\p{Lu}['’])?\\p{Lu}\\p{L}{1,17}(?:-\\p{Lu}\\p{L}{1,15})?";
const INITIAL = "\\p{Lu}\\.";
const PARTICLE = "(?:(?:van|von|de|del|della|di|da|dos|das|do|du|la|le|den|der|ten|ter|zu|af|av|y|e|el|al|bin) ){0,2}";

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
  patterns: [`${NAME}(?: (?:${INITIAL} ){0,2}${PARTICLE}${NAME}){0,3}`, `(?:${INITIAL} ?){1,2}${PARTICLE}${NAME}`],
  priority: 65,
  canBegin: mayIntroduce,
  valid(text, before) {
    if (!mayIntroduce(before)) return false;
    const words = text.split(/[ -]/);
    if (words.some((word) => NO_NAMES.has(fold(word)))) return false;
    if (text === text.toUpperCase() && words.length === 1) return false;
    const given = GIVEN_NAMES.has(fold(words[0] as string));
    const full = words.length > 1;
    if (INTRODUCED.test(before) || SALUTED.test(before) || NAMED.test(before)) return true;
    if (TITLED.test(before)) return given && full;
    return given && ((full && (LABELLED.test(before) || SPOKEN.test(before))) || SIGNED.test(before));
  },
} as const satisfies Recogniser;

/** Whether what stands in front could be one of the contexts at all: nearly always it is not, and their forms are costly. */
function mayIntroduce(before: string): boolean {
  if (before === asked.before) return asked.answer;
  asked = { before, answer: endsInTrigger(before) || endsInSign(before) };
  return asked.answer;
}

function endsInSign(before: string): boolean {
  let end = before.length - 1;
  while (end > 0 && " \"'<".includes(before[end] as string)) end -= 1;
  return ":=→\n".includes(before[end] as string);
}

function endsInTrigger(before: string): boolean {
  let end = before.length - 1;
  if (before[end] !== " ") return false;
  while (before[end - 1] === "." || before[end - 1] === ",") end -= 1;
  let start = end;
  // No such word has more than ten letters.
  while (start > 0 && end - start < 11 && before[start - 1] !== " " && before[start - 1] !== "\n") start -= 1;
  return LAST_WORDS.has(before.slice(start, end).toLowerCase());
}

function fold(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ł", "l").replaceAll("ø", "o");
}
