/** Writings that a reader undoes in the head: ROT13, backwards, leet, spaced letters. */
import { ASCII_DIGITS, ASCII_LETTERS, asciiTable } from "../ascii-table.ts";
import { knownShare, SAMPLE } from "../injection/known.ts";
import { textOfUnits } from "../written-forms.ts";
import type { Uncovered } from "./encoded.ts";
import { partWords, SHORTEST_RUN } from "./segment.ts";
import { type Traits, traitsOf } from "./traits.ts";

/** Above this share of known words a text is plain language, and nothing has to be undone. */
const PLAIN = 0.25;
/** So much of a text is read one way and another to find out which way makes sense. */
const TASTE = 400;
/** A reading must know this much more of its words to be taken. */
const GAIN = 0.15;

const rot13 = (text: string): string =>
  written(text.length, (at) => {
    const code = text.charCodeAt(at);
    const small = code | 32;
    if (small < 97 || small > 122) return code;
    return small < 110 ? code + 13 : code - 13;
  });

/** Turned round by characters: the two units of one stay in their order. */
function backwards(text: string): string {
  if (SURROGATE.test(text)) return [...text].reverse().join("");
  return written(text.length, (at) => text.charCodeAt(text.length - 1 - at));
}

const SURROGATE = /[\ud800-\udfff]/;
const wordsBackwards = (text: string): string => text.replaceAll(/\p{L}+/gu, backwards);

/** A text by the codes of its units: put together at once, not unit by unit. */
function written(length: number, codeAt: (at: number) => number): string {
  let text = "";
  for (let from = 0; from < length; from += codes.length) {
    const size = Math.min(codes.length, length - from);
    for (let at = 0; at < size; at++) codes[at] = codeAt(from + at);
    text += String.fromCharCode.apply(null, (size < codes.length ? codes.subarray(0, size) : codes) as never);
  }
  return text;
}

const codes = new Uint16Array(1024);

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "6": "g",
  "7": "t",
  "8": "b",
  "9": "g",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
  "+": "t",
  "(": "c",
};
/** A run of letters and of what may stand for them. */
const LEET_WORD = /[A-Za-z0-9@$!|+(]+/g;
/** Digits between letters; a number with a unit behind it is none. */
const MIXED = /[A-Za-z][0-9@$!|+(]|[0-9@$|+(][A-Za-z]/;
/** A longer run is no word, and nobody reads it as one. */
const LONGEST_LEET = 32;
/** Nor is one with so many figures in a row, unless most words around it are written so. */
const FIGURES = 5;
/** And never one with so many. */
const NUMBER = 9;
/** Among so many mixed words, numbers of so many digits are words too: `70` is "to", `c0nv3r54710n` "conversation". */
const MANY_MIXED = 3;
const LONGEST_NUMBER = 4;

/** How many words are mixed, as far as that matters. */
function mixedWords(text: string): number {
  let mixed = 0;
  for (const [word] of text.matchAll(LEET_WORD)) if (MIXED.test(word) && ++mixed === MANY_MIXED) break;
  return mixed;
}

/** The head of a text that shows what its words come to, to the end of a word. */
function sampleOf(text: string): string {
  if (text.length <= SAMPLE) return text;
  LEET_WORD.lastIndex = SAMPLE;
  const next = LEET_WORD.exec(text);
  const isWithin = next?.index === SAMPLE;
  LEET_WORD.lastIndex = 0;
  return text.slice(0, isWithin ? SAMPLE + next[0].length : SAMPLE);
}

/**
 * Words in which digits and signs stand for letters; `1` is an i unless the word is only known with an l. As long as the
 * text; `mixed` is what {@link mixedWords} counts in the whole of it.
 */
function leet(text: string, mixed: number): string {
  const isMuchMixed = mixed >= MANY_MIXED;
  const units = new Uint16Array(text.length);
  let isChanged = false;
  for (let at = 0; at < text.length; at++) {
    const first = text.charCodeAt(at);
    units[at] = first;
    let kind = leetKind(first);
    if (kind === 0) continue;
    const start = at;
    let [isMixed, holdsOne, figures, mostFigures] = [false, false, 0, 0];
    for (let before = 0; kind !== 0; before = kind, kind = ++at < text.length ? leetKind(text.charCodeAt(at)) : 0) {
      units[at] = text.charCodeAt(at);
      if (kind === PLAIN_LETTER ? (before & STANDS_BEFORE) !== 0 : before === PLAIN_LETTER) isMixed = true;
      if ((kind & ONE) !== 0) holdsOne = true;
      figures = (kind & FIGURE) === 0 ? 0 : figures + 1;
      if (figures > mostFigures) mostFigures = figures;
    }
    if (at < text.length) units[at] = text.charCodeAt(at);
    const size = at - start;
    const isAlone = size === 1 && (first === FOUR || first === FIGURE_ONE);
    if (!(isMixed || isAlone || (isMuchMixed && size <= LONGEST_NUMBER)) || size > LONGEST_LEET) continue;
    if (mostFigures >= (isMuchMixed ? NUMBER : FIGURES)) continue;
    isChanged = true;
    const end = units[at - 1] === EXCLAMATION ? at - 1 : at;
    const plain = holdsOne && isKnownWithL(text.slice(start, end)) ? AS_L : AS_I;
    for (let place = start; place < end; place++) units[place] = plain[units[place]!]!;
  }
  return isChanged ? textOfUnits(units) : text;
}

const FIGURE_ONE = 0x31;
const FOUR = 0x34;
const EXCLAMATION = 0x21;
const PLAIN_LETTER = 1;
/** A sign that may stand for a letter; one that may also stand in front of one; a figure. */
const STANDS = 2;
const STANDS_BEFORE = 4;
const FIGURE = 8;
/** `1` or `!`. */
const ONE = 16;
const LEET_KINDS = asciiTable(
  [ASCII_LETTERS, PLAIN_LETTER],
  [ASCII_DIGITS, STANDS | STANDS_BEFORE | FIGURE],
  ["1", ONE],
  ["@$|+(", STANDS | STANDS_BEFORE],
  ["!", STANDS | ONE],
);

/** What a character is in a run of {@link LEET_WORD}; 0: not in it. */
const leetKind = (code: number): number => (code < 0x80 ? LEET_KINDS[code]! : 0);

/** Whether a word with `1` or `!` in it is one with an l in their place, and none with an i. */
function isKnownWithL(word: string): boolean {
  const known = wordsWithL.get(word);
  if (known !== undefined) return known;
  const withL = knownShare(spelled(word, AS_I)) === 0 && knownShare(spelled(word, AS_L)) > 0;
  if (wordsWithL.size >= MOST_REMEMBERED) wordsWithL.clear();
  wordsWithL.set(word, withL);
  return withL;
}

/** Rows of figures are full of the same ones. */
const wordsWithL = new Map<string, boolean>();
const MOST_REMEMBERED = 16_384;

function spelled(word: string, plain: Uint8Array): string {
  let letters = "";
  for (let at = 0; at < word.length; at++) letters += String.fromCharCode(plain[word.charCodeAt(at)]!);
  return letters;
}

/** What each sign is read as, with `one` for each 1 and !. */
function asciiSpelled(one: string): Uint8Array {
  const table = new Uint8Array(128).map((_, code) => code);
  for (const [sign, letter] of Object.entries({ ...LEET, "1": one, "!": one })) {
    table[sign.charCodeAt(0)] = letter.charCodeAt(0);
  }
  return table;
}
const AS_I = asciiSpelled("i");
const AS_L = asciiSpelled("l");

const SPACED =
  /(?<![\p{L}\p{N}])[\p{L}\p{N}](?:([ ._*|/~-])[\p{L}\p{N}](?:\1[\p{L}\p{N}])*)(?![._*|/~-]?[\p{L}\p{N}])/gu;
const SHORTEST_SPACED = 4;

/** Letters parted by single signs, put together: `i g n o r e   a l l`, `i.g.n.o.r.e`. */
function joined(text: string): string {
  return text
    .replaceAll(SPACED, (run, sign: string) => {
      const letters = run.split(sign);
      return letters.length < SHORTEST_SPACED && !/^[a-z]{2,3}$/i.test(letters.join("")) ? run : letters.join("");
    })
    .replaceAll(/[ ]{2,}/g, " ");
}

/** What a text in disguise reads like; empty where it is plain language, or no reading makes it so. */
export function undoCiphers(text: string, traits: Traits = traitsOf(text)): readonly Uncovered[] {
  const found: Uncovered[] = [];
  const known = knownShare(text);
  const unspaced = traits.turns >= SPACED_TURNS && isSpaced(text) ? joined(text) : text;
  const parted = unspaced !== text || traits.letters >= SHORTEST_RUN ? partWords(unspaced) : null;
  if (parted !== null) found.push({ how: "spaced", text: parted });
  else if (unspaced !== text) found.push({ how: "spaced", text: unspaced });
  if (known < PLAIN) {
    for (const [how, undo] of READINGS) {
      if (knownShare(undo(text.slice(0, TASTE))) > known + GAIN) found.push({ how, text: undo(text) });
    }
  }
  if (traits.mixed) {
    const mixed = mixedWords(text);
    // what is known is told by the head of a text alone
    if (knownShare(leet(sampleOf(text), mixed)) > known) {
      const unleeted = leet(text, mixed);
      if (unleeted !== text) found.push({ how: "leet", text: unleeted });
    }
  }
  return found;
}

/** Four signs with a letter between each two, where the letters at the ends may belong to words. */
const SPACED_TURNS = 7;
const SEPARATORS = " ._*|/~-";

/** Whether five letters or digits in a row are parted by the same sign each. */
function isSpaced(text: string): boolean {
  let run = 0;
  let before = isAlone(text.charCodeAt(0));
  let last = isAlone(text.charCodeAt(1));
  for (let at = 2; at < text.length; at++) {
    const alone = isAlone(text.charCodeAt(at));
    if (alone) {
      // a letter two places behind a letter, with a sign between them
      run = !last && before ? run + 1 : 0;
      if (run >= 4 && sameSigns(text, at)) return true;
    } else if (!last) run = 0;
    before = last;
    last = alone;
  }
  return false;
}

/** Whether the last four signs before the letter at `end` are one of {@link SEPARATORS} four times. */
function sameSigns(text: string, end: number): boolean {
  const sign = text.charCodeAt(end - 1);
  if (sign !== text.charCodeAt(end - 3) || sign !== text.charCodeAt(end - 5) || sign !== text.charCodeAt(end - 7)) {
    return false;
  }
  return SEPARATORS.includes(text[end - 1]!);
}

function isAlone(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code >= 128;
}

const READINGS = [
  ["rot13", rot13],
  ["backwards", backwards],
  ["backwards", wordsBackwards],
] as const;
