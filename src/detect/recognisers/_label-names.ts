import { OTHER_LABELS } from "./_other-labels.ts";
import { asCompared, plainLetters, unmarked } from "./_plain-letters.ts";

/** Names under which a thing is written in front of it. Two are never the same thing, whatever their names. */
export interface Labels {
  readonly names: readonly string[];
}

/**
 * Label words, as one writes them: `"numéro de sécu"`, `"Steuer-ID"`. Of one to three words; compared without regard to
 * capitals, accents, hyphens and to being written as one word (`steuerId`, `steuer_id`).
 */
export function labels(...names: readonly string[]): Labels {
  const own: Labels = { names };
  unread.push(own);
  generation++;
  return own;
}

/** Counts the calls of {@link labels}: what was read before one names nothing of it. */
let generation = 0;

/** See {@link generation}. */
export const namesSoFar = (): number => generation;

/** Labels whose names nobody has looked for yet: folding them all takes 3 ms that a start without detection saves. */
const unread: Labels[] = [];

const known = new Map<string, Labels[]>();
/** The words that names of several words begin with, all but the last of them: few words in front need a second look. */
const heads = new Set<string>();

const WORDS = /\p{L}+/gu;
// Two letters at least in front: an iPhone is no phone.
const HUMP = /[A-Za-z][a-z][A-Z]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
const ASCII = /^[\x00-\x7f]*$/;

/** Who has a name as a label: one look tells it for all recognisers. */
export function owners(): ReadonlyMap<string, readonly Labels[]> {
  if (unread.length > 0) readNames();
  return known;
}

/** Whether names of several words begin with this one, or these. */
export function isHead(words: string): boolean {
  if (unread.length > 0) readNames();
  return heads.has(words);
}

/** The words of a run of letters with capitals inside: `telefonoMovil`. */
export const PARTS = /.[^A-Z]*(?:(?<![A-Za-z][a-z])[A-Z][^A-Z]*)*/gu;

/**
 * The last word of a run of letters, as labels are compared, if names of several words begin with it, else an empty one;
 * `previous` where the run holds none; null where one of its words may be a label, or go on with one that the word in front
 * of it begins. Where no run is null, nothing is labelled.
 */
export function unlessNamed(run: string, previous: string): string | null {
  const hash = plainHash(run);
  // most words are neither
  if (hash !== null && previous === "" && knownWords(hash) === undefined && run.length < SHORTEST_GROWN) return "";
  if (hash !== null) return goesOnUnnamed(run.toLowerCase(), previous);
  if (ASCII.test(run)) return owners().has(run.toLowerCase()) ? null : goesOnByWord(run, PARTS, previous);
  return goesOnByWord(unmarked(run), WORDS, previous);
}

/** The same of the words that a pattern finds in a run. */
function goesOnByWord(run: string, words: RegExp, previous: string): string | null {
  let last: string | null = previous;
  for (const [word] of run.matchAll(words)) {
    if (last === null) return null;
    last = words === WORDS && HUMP.test(word) ? null : goesOnUnnamed(plainLetters(word), last);
  }
  return last;
}

/** The hash of a run as one word; null where it has capitals inside, or is not of ASCII. */
function plainHash(run: string): number | null {
  let hash = 0;
  for (let at = run.length - 1; at >= 0; at--) {
    const code = run.charCodeAt(at);
    if (code >= 0x80 || (code < SMALL && at > 1 && run.charCodeAt(at - 1) >= SMALL)) return null;
    hash = hashInFront(hash, code | SMALL_BIT);
  }
  return hash;
}

const SMALL = 97;
const SMALL_BIT = 32;

function goesOnUnnamed(word: string, previous: string): string | null {
  if (isPartOfName(word, previous)) return null;
  return heads.has(word) ? word : "";
}

function isPartOfName(word: string, before: string): boolean {
  const owning = owners();
  if (ownersOf(word) !== undefined) return true;
  const both = heads.has(before) ? `${before} ${word}` : "";
  return both !== "" && (owning.has(both) || heads.has(both));
}

const NUMBER = /(?:number|nummer)$/;
/** Letters of a word that "number" can be grown on to. */
export const SHORTEST_GROWN = 9;

/** Whose label a word is, also with "number" grown on to it: `BSNNUMBER`. */
export function ownersOf(word: string): readonly Labels[] | undefined {
  const owning = owners();
  const own = owning.get(word);
  if (own !== undefined || word.length < SHORTEST_GROWN || !NUMBER.test(word)) return own;
  return owning.get(word.slice(0, -6));
}

/** What a word is known as, or several that stand one behind the other. */
export interface KnownWords {
  readonly words: string;
  /** Whose label they are. */
  readonly own: readonly Labels[];
  /** Whether a name of more words begins with them. */
  readonly isHead: boolean;
}

/** What is known of words by their hashes: those of names in ASCII, and of what these begin with. */
const byHash = new Map<number, KnownWords>();

/** The hash of a word with one more letter in front, a small one. */
export const hashInFront = (hash: number, letter: number): number => Math.imul(hash ^ letter, STEP) ^ (hash >>> 15);

/** The hash of words by that of the last of them, or of some, and that of the one in front. */
export const hashOfBoth = (hash: number, inFront: number): number => Math.imul(hash ^ Math.imul(inFront, BOTH), STEP);

/** What may be known of words of such a hash: whether they are the ones that are meant is to be compared. */
export function knownWords(hash: number): KnownWords | undefined {
  if (unread.length > 0) readNames();
  return byHash.get(hash);
}

const STEP = 0x9e3779b1;
const BOTH = 0x85ebca6b;
const PLAIN = /^[a-z ]+$/;

function readHashes(): void {
  byHash.clear();
  for (const words of new Set([...known.keys(), ...heads])) {
    if (!PLAIN.test(words)) continue;
    const hashes = words.split(" ").map((word) => {
      let hash = 0;
      for (let at = word.length - 1; at >= 0; at--) hash = hashInFront(hash, word.charCodeAt(at));
      return hash;
    });
    byHash.set(hashes.reduceRight(hashOfBoth), { words, own: known.get(words) ?? [], isHead: heads.has(words) });
  }
}

function readNames(): void {
  for (const own of unread.splice(0)) {
    const folded = own.names.map((name) => (asCompared(name).match(WORDS) ?? []).join(" "));
    for (const name of new Set(folded.flatMap((each) => [each, each.replaceAll(" ", "")]))) {
      for (let at = name.indexOf(" "); at > 0; at = name.indexOf(" ", at + 1)) heads.add(name.slice(0, at));
      const sharing = known.get(name);
      if (sharing === undefined) known.set(name, [own]);
      else sharing.push(own);
    }
  }
  readHashes();
}

/** What is none of ours: an order, a version, or a personal thing of another kind. */
export const OTHERS = labels(...OTHER_LABELS);
