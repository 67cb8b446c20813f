import { onceEach } from "../../lib/once.ts";
import { fold } from "../decode/fold.ts";
import { LANGUAGES } from "../language.ts";

/** How people say that a text is to be put into another language, folded. */
const TRANSLATING = /translat|ubersetz|tradu|traduz|vertaal|vertal|tlumacz|przetlumacz|przeloz/;
/** Names up to so many letters are only meant where they stand alone: Greek is not green. */
const SHORT = 5;
/** How much of the end of a name changes: angielski, po angielsku; schwedisch, schwedischen. */
const ENDING = 2;

interface Names {
  readonly whole: ReadonlySet<string>;
  readonly stems: RegExp;
}

/** By the language they are said in. Made when first asked for: the names of one take two milliseconds to load. */
const namesIn = onceEach((naming): Names => {
  const display = new Intl.DisplayNames([naming], { type: "language" });
  const all = LANGUAGES.flatMap((code) => {
    const name = fold((display.of(code) ?? code).toLowerCase()).text;
    return /^\p{L}{3,}$/u.test(name) && name !== code ? [name] : [];
  });
  const stems = all.flatMap((name) =>
    name.length > SHORT ? [name.slice(0, Math.max(SHORT, name.length - ENDING))] : [],
  );
  return {
    whole: new Set(all.filter(({ length }) => length <= SHORT)),
    // of no name nothing is a stem
    stems: new RegExp(stems.length === 0 ? "$^" : `(?<!\\p{L})(?:${stems.join("|")})`, "u"),
  };
});

const SHORT_WORD = /(?<!\p{L})\p{L}{3,5}(?!\p{L})/gu;

/**
 * Whether a folded text in `language` (ISO 639-1; empty: not known) names a language, in its own or in English, or asks
 * for a translation: the answer may be in another one, then.
 */
export function namesLanguage(folded: string, language: string): boolean {
  if (TRANSLATING.test(folded)) return true;
  const words = folded.match(SHORT_WORD) ?? [];
  return [...new Set(["en", language === "" ? "en" : language])].some((naming) => {
    const { whole, stems } = namesIn(naming);
    return stems.test(folded) || words.some((word) => whole.has(word));
  });
}
