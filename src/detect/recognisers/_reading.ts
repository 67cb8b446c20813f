import { isHead as isHeadOf, type Labels, namesSoFar, OTHERS, owners, ownersOf, PARTS } from "./_label-names.ts";
import { plainLetters, unmarked } from "./_plain-letters.ts";

/** What was asked for last, and the latest reading of ASCII; `base`: from where its words' beginnings are counted. */
let asked: { readonly before: string; readonly reading: Reading } | null = null;
let latest: { readonly text: string; readonly base: number; readonly reading: Reading } | null = null;

/** The latest reading of what is not ASCII as it is written. */
let latestFolded: { readonly text: string; readonly reading: Reading } | null = null;

/** How many names there were when these were read. */
let names = 0;

/** One word in front, what it labels alone, with the one before it or the two, and where it begins. */
interface Word {
  readonly word: string;
  readonly alone: readonly Labels[];
  readonly withOne: readonly Labels[];
  /** In any of these ways. */
  readonly labels: readonly Labels[];
  readonly start: number;
  /** Whether a name of several words begins with it. */
  readonly isHead: boolean;
}

/** What stands in front. */
export interface Reading {
  readonly words: readonly Word[];
  /** Where the place is in front of which it stands, counted as the words' beginnings are. */
  readonly end: number;
  /** What it labels: all that are named behind the last label of something else, or by the same word. */
  readonly own: readonly Labels[];
  /** Whether there is a label of something else. */
  readonly isOther: boolean;
}

/** How many characters are shown at most. */
export const WINDOW = 60;

const NO_LABELS: readonly Labels[] = [];
const NOTHING: Reading = { words: [], end: 0, own: NO_LABELS, isOther: false };
/** Where letters beyond ASCII begin. */
const FIRST_LETTER = 0xaa;
const AT_SIGN = 0x40;
const WORDS = /\p{L}+/gu;
const FIRST_WORD = /^[\p{L}\p{M}]+/u;
// Two letters at least in front: an iPhone is no phone.
const HUMP = /[A-Za-z][a-z][A-Z]/;
// With its label: that has got what it announced.
const ADDRESS = /(?:\b(?:e-?)?mail(?:[- ]?[a-z]+)?[^a-z\d@]{1,6})?[\w.+-]+@[\w.-]+/gi;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
const ASCII = /^[\x00-\x7f]*$/;

/** The words in front, and what they label. */
export function readingOf(before: string): Reading {
  if (names !== namesSoFar()) {
    names = namesSoFar();
    asked = null;
    latest = null;
    latestFolded = null;
  }
  if (asked === null || asked.before !== before) asked = { before, reading: read(before) };
  return asked.reading;
}

function read(written: string): Reading {
  let [hasLetter, hasAddress, isPlain] = [false, false, true];
  for (let at = 0; at < written.length; at++) {
    const code = written.charCodeAt(at);
    if (isLetter(code) || code >= FIRST_LETTER) hasLetter = true;
    if (code === AT_SIGN) hasAddress = true;
    if (code >= 0x80) isPlain = false;
  }
  if (!hasLetter) return NOTHING;
  const before = hasAddress ? withoutAddresses(written) : written;
  let start = 0;
  // The first word of a full window may have lost its head: "hotel" would label as "tel".
  if (before.length >= WINDOW && !isBetween(before.charCodeAt(0))) {
    if (isPlain) while (start < before.length && isLetter(before.charCodeAt(start))) start++;
    else start = FIRST_WORD.exec(before)?.[0].length ?? 0;
  }
  let end = before.length;
  while (end > start && isBetween(before.charCodeAt(end - 1))) end--;
  while (start < end && isBetween(before.charCodeAt(start))) start++;
  if (start === end) return NOTHING;
  const text = before.slice(start, end);
  const { words, end: last, own, isOther } = isPlain || ASCII.test(text) ? readPlain(text) : readFolded(text);
  return { words, end: last + before.length - end, own, isOther };
}

/** The text with blanks for its addresses, whose words name nothing: mail@example.com, order@example.com. */
export const withoutAddresses = (text: string): string =>
  text.replace(ADDRESS, (address) => " ".repeat(address.length));

/** ASCII that stands between words. */
function isBetween(code: number): boolean {
  return code < 0x80 && !isLetter(code);
}

/** A to Z, small or not. */
function isLetter(code: number): boolean {
  const small = code | 32;
  return small >= 97 && small <= 122;
}

function readFolded(text: string): Reading {
  if (latestFolded?.text === text) return latestFolded.reading;
  const folded = unmarked(text);
  const reading = ASCII.test(folded) ? readPlain(folded) : readLetters(folded);
  latestFolded = { text, reading };
  return reading;
}

/** Letters that no mark was taken from are not of ASCII. */
function readLetters(folded: string): Reading {
  const words: Word[] = [];
  for (const found of folded.matchAll(WORDS)) {
    if (HUMP.test(found[0])) addMixed(words, found[0], found.index);
    else addWord(words, plainLetters(found[0]), found.index);
  }
  return { words, end: folded.length, ...nearestOf(words, folded.length) };
}

/** The next place has mostly the same words in front of it, but for the first and the last. */
function readPlain(text: string): Reading {
  // rows of figures have the very same words in front of each of them
  if (latest?.text === text) return latest.reading;
  const { base, words } = goneOnFrom(text);
  let at = 0;
  const kept = words[words.length - 1];
  if (kept !== undefined) at = kept.start - base + kept.word.length;
  for (; at < text.length; at++) {
    if (!isLetter(text.charCodeAt(at))) continue;
    const start = at;
    let isMixed = false;
    for (let code = text.charCodeAt(at); at < text.length && isLetter(code); code = text.charCodeAt(++at)) {
      if (code < 0x61 && at - start > 1 && text.charCodeAt(at - 1) >= 0x61) isMixed = true;
    }
    const written = text.slice(start, at);
    if (isMixed) addMixed(words, written, base + start);
    else addWord(words, written.toLowerCase(), base + start);
  }
  const end = base + text.length;
  const { own, isOther } = nearestOf(words, end);
  const reading = { words, end, own, isOther };
  latest = { text, base, reading };
  return reading;
}

/** The words of `text` that are known, since it begins as what was read last goes on somewhere; and from where they count. */
function goneOnFrom(text: string): { readonly base: number; readonly words: Word[] } {
  const known = latest?.reading.words ?? [];
  for (let index = 0; index < known.length; index++) {
    const { start } = known[index]!;
    const rest = latest!.text.slice(start - latest!.base);
    if (!text.startsWith(rest)) continue;
    const words = known.slice(index);
    if (isLetter(text.charCodeAt(rest.length))) dropLast(words);
    // what stood in front of these is no longer shown
    const [first, second] = words;
    if (first !== undefined && first.labels !== first.alone) {
      const { word, alone, isHead } = first;
      words[0] = { word, alone, withOne: NO_LABELS, labels: alone, start, isHead };
    }
    if (second !== undefined && second.labels.length > 0) {
      const { word, alone, withOne, isHead } = second;
      words[1] = { word, alone, withOne, labels: joined(alone, withOne), start: second.start, isHead };
    }
    return { base: start, words };
  }
  return { base: 0, words: [] };
}

/** The last word, or all the words that a run of letters was taken for. */
function dropLast(words: Word[]): void {
  for (let next = words.pop(); next !== undefined; next = words.pop()) {
    const last = words.at(-1);
    if (last === undefined || last.start + last.word.length < next.start) return;
  }
}

/** A run of letters with capitals inside as a word, or as the words that its capitals part: `telefonoMovil`. */
function addMixed(words: Word[], written: string, start: number): void {
  const word = plainLetters(written);
  if (owners().has(word)) {
    addWord(words, word, start);
    return;
  }
  let at = start;
  for (const [part] of written.matchAll(PARTS)) {
    addWord(words, plainLetters(part), at);
    at += part.length;
  }
}

function addWord(words: Word[], word: string, start: number): void {
  const owning = owners();
  const one = words.length > 0 ? words[words.length - 1]! : null;
  const two = words.length > 1 ? words[words.length - 2]! : null;
  const alone = ownersOf(word) ?? NO_LABELS;
  const isHead = isHeadOf(word);
  const withOne = (one?.isHead === true ? owning.get(`${one.word} ${word}`) : undefined) ?? NO_LABELS;
  const isThird = two?.isHead === true && isHeadOf(`${two.word} ${one!.word}`);
  const withTwo = (isThird ? owning.get(`${two.word} ${one!.word} ${word}`) : undefined) ?? NO_LABELS;
  words.push({ word, alone, withOne, labels: joined(joined(alone, withOne), withTwo), start, isHead });
}

/** What the words label, none of another thing being nearer. */
function nearestOf(words: readonly Word[], end: number): Pick<Reading, "own" | "isOther"> {
  let own = NO_LABELS;
  for (let at = words.length - 1; at >= 0 && end - words[at]!.start <= WINDOW; at--) {
    const named = words[at]!.labels;
    if (named.length === 0) continue;
    own = joined(own, named);
    if (named.includes(OTHERS)) return { own, isOther: true };
  }
  return { own, isOther: false };
}

/** Some labels and more of them; the very same list where there is nothing to add. */
export function joined(some: readonly Labels[], more: readonly Labels[]): readonly Labels[] {
  if (more.length === 0) return some;
  return some.length === 0 ? more : [...some, ...more];
}
