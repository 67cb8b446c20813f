/** Digits and signs in the place of letters: `1gn0r3 4ll`. */
import { ASCII_DIGITS, ASCII_LETTERS, asciiTable } from "../ascii-table.ts";
import { SAMPLE } from "../injection/known.ts";
import { columnOf, lookUp, vocabulary } from "../injection/vocabulary.ts";
import { textOfUnits } from "../terms/written-forms.ts";
import { LEET_SIGNS } from "./leet-signs.ts";

const LEET: Readonly<Record<string, string>> = {
  ...LEET_SIGNS,
  "6": "g",
  "8": "b",
  "9": "g",
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

/** What may stand for a letter, before one and behind one. */
const BEFORE = 1;
const BEHIND = 2;
const SIDES = asciiTable([`${ASCII_DIGITS}@$|+(`, BEFORE], [`${ASCII_DIGITS}@$!|+(`, BEHIND]);

/** Whether a letter stands anywhere beside a digit or a sign that may stand for one. */
export function isMixed(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const sides = code < 0x80 ? SIDES[code]! : 0;
    if (sides === 0) continue;
    if ((sides & BEHIND) !== 0 && at > 0 && isLetter(text.charCodeAt(at - 1))) return true;
    if ((sides & BEFORE) !== 0 && at + 1 < text.length && isLetter(text.charCodeAt(at + 1))) return true;
  }
  return false;
}

const isLetter = (code: number): boolean => leetKind(code) === PLAIN_LETTER;

/** How many words are mixed, as far as that matters. */
export function mixedWords(text: string): number {
  let mixed = 0;
  for (const [word] of text.matchAll(LEET_WORD)) if (MIXED.test(word) && ++mixed === MANY_MIXED) break;
  return mixed;
}

/** The head of a text that shows what its words come to, to the end of a word. */
export function sampleOf(text: string): string {
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
export function leet(text: string, mixed: number): string {
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
    const plain = holdsOne && isKnownWithL(units, start, end) ? AS_L : AS_I;
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

/** Shorter words are not looked for. */
const SHORTEST_KNOWN = 3;

/** Whether the word of `units` with `1` or `!` in it is one with an l in their place, and none with an i. */
function isKnownWithL(units: Uint16Array, start: number, end: number): boolean {
  if (end - start < SHORTEST_KNOWN) return false;
  const word = units.subarray(start, end);
  return isKnown(word, COLUMNS_AS_L) && !isKnown(word, COLUMNS_AS_I);
}

const spelled = new Int8Array(LONGEST_LEET);

function isKnown(word: Uint16Array, columns: Int8Array): boolean {
  for (let at = 0; at < word.length; at++) spelled[at] = columns[word[at]!]!;
  return lookUp(vocabulary(), spelled, { start: 0, end: word.length }) !== 0;
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

const COLUMNS_AS_I = Int8Array.from(AS_I, columnOf);
const COLUMNS_AS_L = Int8Array.from(AS_L, columnOf);
