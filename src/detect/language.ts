import type { eld as detector } from "eld/extrasmall";
import { supportOf } from "./small-words.ts";

type Eld = typeof detector;

/** What language a text is in. */
export interface LanguageGuess {
  /** ISO 639-1 code; empty where the text holds too few letters to tell. */
  readonly language: string;
  /** How certain that is, 0 to 1: of guesses with 0.9 about nine in ten are right. */
  readonly confidence: number;
}

/** No guess. */
const UNKNOWN_LANGUAGE: LanguageGuess = { language: "", confidence: 0 };

let loaded: Eld | null = null;
let loading: Promise<void> | null = null;

/**
 * Loads what {@link languageOf} needs, a megabyte of n-grams that most configurations do without. Call it when a policy
 * is made and await it before the first text: null once everything is there.
 */
export function loadLanguages(): Promise<void> | null {
  if (loaded !== null) return null;
  loading ??= import("eld/extrasmall").then(({ eld }) => {
    loaded = eld;
  });
  return loading;
}

/** Whether {@link languageOf} can be asked. */
export const languagesAreLoaded = (): boolean => loaded !== null;

/** Every language that can be told apart, as ISO 639-1 codes. */
export const LANGUAGES: readonly string[] =
  "am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt lv ml mr ms nl no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh".split(
    " ",
  );

/** The detector reads no more than this of a text. */
const SAMPLE = 340;
/** How many samples are taken of a long text: its beginning, its end, and what lies between. */
const MOST_SAMPLES = 5;

/** What says nothing about the language: code, addresses, names of files, markup, figures. */
const NOISE =
  /```[\s\S]*?(?:```|$)|`[^`\n]*`|<[^<>\n]{1,200}>|\b[a-z][a-z+.-]*:\/\/\S+|\bwww\.\S+|\S+@\S+|\S*\d\S*|\S*[/\\_{}=<>]\S*/gi;

/** Lines of code that nobody put between fences, by how they begin and end. */
const CODE_LINES =
  /^[ \t]*(?:import [\w.]+(?: as \w+)?;?|from [\w.]+ import .*|(?:for|while|if|elif|def|class|with|async def)\b.*:|(?:return|const|let|var|export|public|private|static)\b.*[;{]|[\w.$]+(?:\[\w*\])? ?(?:=|\+=|:=) .*|[\w.$]+\(.*\)[;:]?|.*\{|\}.*)[ \t]*$/gm;
const SQL = /\bSELECT\b[^?!]{1,200}?\bFROM\b|\bINSERT INTO\b|\bUPDATE \S+ SET\b|\bDELETE FROM\b|\bCREATE TABLE\b/;
const SQL_LINES =
  /^[ \t]*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|FROM|WHERE|SET|VALUES|AND|OR|ORDER|GROUP|HAVING|LIMIT|(?:LEFT |RIGHT |INNER )?JOIN)\b.*$/gm;

/**
 * The language most of a text is in. Code blocks, addresses and figures do not count. Reads samples of long texts, so
 * that the time it takes does not grow with them. Throws where {@link loadLanguages} was not awaited.
 */
export function languageOf(text: string): LanguageGuess {
  const samples = samplesOf(text);
  const weights = new Map<string, { confidence: number; letters: number }>();
  let letters = 0;
  for (const sample of samples) {
    const guess = guessOf(sample);
    if (guess.language === "") continue;
    const known = weights.get(guess.language) ?? { confidence: 0, letters: 0 };
    known.confidence = Math.max(known.confidence, guess.confidence);
    known.letters += sample.length * guess.confidence;
    letters += sample.length * guess.confidence;
    weights.set(guess.language, known);
  }
  let best = UNKNOWN_LANGUAGE;
  let most = 0;
  for (const [language, { confidence, letters: own }] of weights) {
    if (own <= most) continue;
    most = own;
    best = { language, confidence: Math.round((confidence * own * 1_000) / letters) / 1_000 };
  }
  return best;
}

function samplesOf(text: string): readonly string[] {
  if (text.length <= SAMPLE * 2) return [plainOf(text)];
  const stride = (text.length - SAMPLE * 2) / (MOST_SAMPLES - 1);
  const count = Math.min(MOST_SAMPLES, Math.ceil(text.length / (SAMPLE * 2)));
  if (count < MOST_SAMPLES) {
    return Array.from({ length: count }, (_, at) => plainOf(text.slice(at * SAMPLE * 2, (at + 1) * SAMPLE * 2)));
  }
  return Array.from({ length: count }, (_, at) => {
    const start = Math.floor(at * stride);
    return plainOf(text.slice(start, start + SAMPLE * 2));
  });
}

/** The words of a text; the text itself where only they are left that look like code. */
function plainOf(text: string): string {
  const said = text.replace(CODE_LINES, " ");
  return (SQL.test(said) ? said.replace(SQL_LINES, " ") : said).replace(NOISE, " ").slice(0, SAMPLE);
}

/** Evidence per n-gram at which the detector's scale is at one half. */
const SCALE = 25;
/** How much a step of evidence says; fitted on texts of our own in eight languages. */
const STEEPNESS = 0.03;
const LETTER = /\p{L}/gu;
const FEWEST_LETTERS = 4;

/** Scripts that one language alone is written in, or nearly so. Kana first: Japanese has Han signs as well. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["ja", /[\p{sc=Hiragana}\p{sc=Katakana}]\p{sc=Han}?/gu],
  ["zh", /\p{sc=Han}/gu],
  ["ko", /\p{sc=Hangul}/gu],
  ["el", /\p{sc=Greek}/gu],
  ["th", /\p{sc=Thai}/gu],
  ["he", /\p{sc=Hebrew}/gu],
  ["ka", /\p{sc=Georgian}/gu],
  ["hy", /\p{sc=Armenian}/gu],
];

/** Fewer letters than these are often names, lists, file names and words that are the same everywhere. */
const SHORT = 60;
const LISTED = /[\p{sc=Latin}\p{sc=Cyrillic}]/u;

function guessOf(text: string): LanguageGuess {
  const letters = text.match(LETTER)?.length ?? 0;
  const script = SCRIPTS.find(([, signs]) => 2 * (text.match(signs)?.length ?? 0) > letters);
  if (script !== undefined) return { language: script[0], confidence: 0.99 };
  if (letters < FEWEST_LETTERS || isName(text)) return UNKNOWN_LANGUAGE;
  if (loaded === null) throw new TypeError("The languages are not loaded");
  const found = loaded.detect(text);
  if (found.language === "") return UNKNOWN_LANGUAGE;
  const scores = Object.values(found.getScores())
    .map((score) => (SCALE * score) / (1 - score))
    .sort((one, other) => other - one);
  const lead = (scores[0] ?? 0) - (scores[1] ?? 0);
  const grams = Buffer.byteLength(text) / 3;
  const sure = 1 - Math.exp(-STEEPNESS * lead * grams);
  const short = letters < SHORT && LISTED.test(text);
  return { language: found.language, confidence: short ? sure * supportOf(found.language, text) : sure };
}

/** Scripts that several languages are written in: a short text in one is in one of them, whichever. */
const SHARED_SCRIPTS: readonly (readonly [readonly string[], RegExp])[] = [
  [["ru", "uk", "bg", "sr", "be"], /\p{sc=Cyrillic}/gu],
  [["ar", "fa", "ur", "ku"], /\p{sc=Arabic}/gu],
  [["hi", "mr"], /\p{sc=Devanagari}/gu],
];
/** Fewer letters may be a name. */
const FEWEST_OF_SCRIPT = 12;

/** The languages that most of a text can be in by its script alone, the likeliest first; none: the script does not tell. */
export function languagesOfScript(text: string): readonly string[] {
  const plain = plainOf(text);
  const least = Math.max(FEWEST_OF_SCRIPT, (plain.match(LETTER)?.length ?? 0) / 2);
  return SHARED_SCRIPTS.find(([, signs]) => (plain.match(signs)?.length ?? 0) >= least)?.[0] ?? [];
}

/** Up to this many words without a small letter are a name or a heading. */
const NAMES = 8;
const WITH_CASE = /\p{Lu}/u;
const WORD = /\p{L}+/gu;
const SMALL_WORD = /(?:^|[^\p{L}])\p{Ll}{2}/u;

/** Whether a text is but a few names or words in capitals. */
function isName(text: string): boolean {
  return WITH_CASE.test(text) && !SMALL_WORD.test(text) && (text.match(WORD)?.length ?? 0) <= NAMES;
}
