import { GIVEN_NAMES } from "./_given-names.ts";
import { onceFor } from "./_once.ts";
import {
  CALLED,
  CALLING,
  INTRODUCED,
  INTRODUCING,
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

const NAME = "(?:\\p{Lu}['’])?\\p{Lu}\\p{L}{1,17}(?:-\\p{Lu}\\p{L}{1,15})?";
const INITIAL = "\\p{Lu}\\.";
const PARTICLE = "(?:(?:van|von|de|del|della|di|da|dos|das|do|du|la|le|den|der|ten|ter|zu|af|av|y|e|el|al|bin) ){0,2}";
// Mevrouw de Vries, Herr von Stein
const LEADING = "(?:van|von|de|del|della|di|da|du|den|ten|ter|zu) (?:(?:den|der|het|la|los|las|de|'t) )?";

/** Whether what stands in front could be one of the contexts at all: nearly always it is not, and their forms are costly. */
const mayIntroduce = onceFor((before) => endsInTrigger(before) || endsInSign(before));

const FORM_SIGN = /[:=→]/;

/** What the words in front say of what follows. */
const contextOf = onceFor((before) => {
  if (!mayIntroduce(before)) return undefined;
  const near = before.slice(-48);
  // the costly forms need a sign, or the end of a line
  const isFilledIn = FORM_SIGN.test(near.slice(-16));
  const word = lastWord(before);
  if ((INTRODUCING.has(word) && INTRODUCED.test(near)) || SALUTED.test(near) || (isFilledIn && NAMED.test(near)))
    return "certain";
  if (CALLING.has(word) && CALLED.test(near)) return "called";
  if (TITLED.test(near) || (isFilledIn && LABELLED.test(near)) || SPOKEN.test(near)) return "likely";
  return near.includes("\n", near.length - 3) && SIGNED.test(near) ? "signed" : undefined;
});

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
    `(?:${INITIAL} ?){1,2}${PARTICLE}${NAME}`,
    `${LEADING}${NAME}(?: ${NAME}){0,1}`,
  ],
  priority: 65,
  canBegin: (before) => contextOf(before) !== undefined,
  valid(text, before) {
    const context = contextOf(before);
    if (context === undefined) return false;
    const words = text.split(/[ -]/);
    if (words.some((word) => NO_NAMES.has(fold(word)))) return false;
    if (text === text.toUpperCase() && words.length === 1) return false;
    const isLed = /^\p{Ll}/u.test(text);
    const given = GIVEN_NAMES.has(fold(words[0] as string));
    const full = words.length > 1;
    switch (context) {
      case "certain":
        return true;
      case "called":
        return given && full && !isLed;
      case "likely":
        return given && full;
      case "signed":
        return given;
    }
  },
} as const satisfies Recogniser;

function endsInSign(before: string): boolean {
  let end = before.length - 1;
  while (end > 0 && " \"'<\\".includes(before[end] as string)) end -= 1;
  return ":=→\n".includes(before[end] as string);
}

function endsInTrigger(before: string): boolean {
  return LAST_WORDS.has(lastWord(before));
}

/** The word in front, small; none where no blank follows it. */
function lastWord(before: string): string {
  let end = before.length - 1;
  if (before[end] !== " ") return "";
  while (before[end - 1] === "." || before[end - 1] === ",") end -= 1;
  let start = end;
  // No such word has more than ten letters.
  while (start > 0 && end - start < 11 && before[start - 1] !== " " && before[start - 1] !== "\n") start -= 1;
  return before.slice(start, end).toLowerCase();
}

function fold(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  if (/^[\x00-\x7f]*$/.test(word)) return word.toLowerCase();
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ł", "l").replaceAll("ø", "o");
}
