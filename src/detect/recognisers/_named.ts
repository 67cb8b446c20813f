import {
  hashInFront,
  hashOfBoth,
  type KnownWords,
  knownWords,
  type Labels,
  namesSoFar,
  OTHERS,
  ownersOf,
  SHORTEST_GROWN,
} from "./_label-names.ts";
import { bareLetter } from "./_plain-letters.ts";
import { joined, type Reading, readingOf, WINDOW, withoutAddresses } from "./_reading.ts";

/** What stands in front labels: see {@link Reading}. */
type Named = Pick<Reading, "own" | "isOther">;

const NO_LABELS: readonly Labels[] = [];

/** What was asked for last, and of how many names. */
let asked: { readonly before: string; readonly names: number; readonly named: Named } | null = null;

/** What the words in front label, as {@link readingOf} has it: read from their end, as far as it takes. */
export function namedBy(before: string): Named {
  const names = namesSoFar();
  if (asked === null || asked.before !== before || asked.names !== names) {
    asked = { before, names, named: nearest(before) ?? readingOf(before) };
  }
  return asked.named;
}

/** What is read, as labels are compared. */
const letters = new Uint8Array(WINDOW);
/** The words that were read, from the last one on: where they begin and end, and their hashes. */
const starts = new Int32Array(WINDOW);
const ends = new Int32Array(WINDOW);
const hashes = new Int32Array(WINDOW);
/** How far they were read, and how many of them. */
let reached = 0;
let count = 0;

/** Words of a name, which is asked for by the last of them. */
const MOST_WORDS = 3;

/** What the words in front label; null where they must be read in full: in other scripts, or with capitals inside. */
function nearest(written: string): Named | null {
  if (written.length > WINDOW) return null;
  const before = written.includes("@") ? withoutAddresses(written) : written;
  reached = before.length;
  count = 0;
  let own = NO_LABELS;
  for (let at = 0; ; at++) {
    while (reached > 0 && count < at + MOST_WORDS) if (!readWord(before)) return null;
    if (at >= count) return { own, isOther: false };
    const named = labelsAt(at);
    if (named.length === 0) continue;
    own = joined(own, named);
    if (named.includes(OTHERS)) return { own, isOther: true };
  }
}

/** Reads one more word; false where it is not plain. The first one of a full window may have lost its head, and is none. */
function readWord(before: string): boolean {
  let at = reached - 1;
  let letter = 0;
  for (; at >= 0; at--) {
    letter = letterOf(before.charCodeAt(at));
    if (letter !== NO_LETTER) break;
  }
  const end = at + 1;
  let hash = 0;
  // a capital behind a small letter that is not the first one
  let isCapital = false;
  let isHump = false;
  for (; at >= 0; at--) {
    letter = letterOf(before.charCodeAt(at));
    if (letter === NO_LETTER) break;
    if (letter === FOREIGN || isHump) return false;
    isHump = isCapital && letter >= SMALL;
    isCapital = letter < SMALL;
    letters[at] = letter | SMALL_BIT;
    hash = hashInFront(hash, letter | SMALL_BIT);
  }
  const start = at + 1;
  reached = start;
  if (start === end || (start === 0 && before.length >= WINDOW)) return true;
  starts[count] = start;
  ends[count] = end;
  hashes[count++] = hash;
  return true;
}

/** A letter of ASCII by its code, with its mark taken off; or one of the two below. */
function letterOf(written: number): number {
  const code = written < 0x80 ? written : bareLetter(written);
  if (code >= 0x80) return FOREIGN;
  const small = code | SMALL_BIT;
  return small >= SMALL && small <= SMALL + 25 ? code : NO_LETTER;
}

const FOREIGN = 0x80;
const NO_LETTER = 0;
const SMALL = 97;
const SMALL_BIT = 32;
/** What a word labels alone, with the one in front of it, or the two. */
function labelsAt(at: number): readonly Labels[] {
  const hash = hashes[at]!;
  const grown = ends[at]! - starts[at]! >= SHORTEST_GROWN;
  const alone = knownAt(hash, at, at)?.own ?? NO_LABELS;
  let named = alone.length === 0 && grown ? (ownersOf(wordAt(at)) ?? NO_LABELS) : alone;
  if (at + 1 < count && knownAt(hashes[at + 1]!, at + 1, at + 1)?.isHead === true) {
    named = joined(named, knownAt(hashOfBoth(hash, hashes[at + 1]!), at + 1, at)?.own ?? NO_LABELS);
  }
  if (at + 2 >= count || knownAt(hashes[at + 2]!, at + 2, at + 2)?.isHead !== true) return named;
  if (knownAt(hashOfBoth(hashes[at + 1]!, hashes[at + 2]!), at + 2, at + 1)?.isHead !== true) return named;
  const three = hashOfBoth(hashOfBoth(hash, hashes[at + 1]!), hashes[at + 2]!);
  return joined(named, knownAt(three, at + 2, at)?.own ?? NO_LABELS);
}

/** What is known of the words from one to another, the latter being the last in the text, by their hash. */
function knownAt(hash: number, from: number, to: number): KnownWords | undefined {
  const known = knownWords(hash);
  if (known === undefined) return undefined;
  let place = 0;
  for (let at = from; at >= to; at--) {
    if (at < from && known.words.charCodeAt(place++) !== BLANK) return undefined;
    for (let letter = starts[at]!; letter < ends[at]!; letter++) {
      if (known.words.charCodeAt(place++) !== letters[letter]) return undefined;
    }
  }
  return place === known.words.length ? known : undefined;
}

const BLANK = 32;

const wordAt = (at: number): string => String.fromCharCode(...letters.subarray(starts[at], ends[at]));
