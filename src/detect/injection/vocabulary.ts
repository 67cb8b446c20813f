import homographs from "../../../config/injection/homographs.json" with { type: "json" };
import intents from "../../../config/injection/intents.json" with { type: "json" };
import words from "../../../config/injection/words.json" with { type: "json" };
import { once } from "../../lib/once.ts";
import { fold } from "../decode/fold.ts";

/** The families of intent that words belong to, in the order of their numbers. */
export const INTENTS: readonly string[] = Object.keys(intents);

/** Columns of a node: letters a to z, any gap between words, any digit. */
export const WIDTH = 28;
/** The column of what parts words. */
export const GAP = 26;
/** The column of every digit. */
export const DIGIT = 27;

/** Bits of one intent in a packed set: its number plus one. At most three stand in a set. */
export const INTENT_BITS = 7;
/** The bits of one intent. */
export const INTENT_MASK = 127;
/** All bits of intents of a packed set. */
export const INTENT_SET = 0x1fffff;
/** Set where the word is an ordinary one of one of the eight languages. */
export const COMMON = 1 << 28;
/** From this bit on: the languages in which the word is but an ordinary one, in the order of {@link HOMOGRAPHS}. */
export const ORDINARY_SHIFT = 21;
/** The bits of all of these languages. */
export const ORDINARY_IN = 0x7f << ORDINARY_SHIFT;
/** Languages (ISO 639-1) in which words of others mean something ordinary. */
export const HOMOGRAPHS: readonly string[] = Object.keys(homographs);

/**
 * The words of all intents in eight languages as one trie, so that a text is compared with all of them in one pass.
 * `next[node * 28 + column]` is the next node, 0: none (1 is the root). `whole` and `stem` hold packed sets of intents
 * of what ends at a node: as a whole word, or as the beginning of one.
 */
export interface Vocabulary {
  readonly next: Uint16Array;
  readonly whole: Int32Array;
  readonly stem: Int32Array;
}

/** The column of a folded character; -1 where no word of the vocabulary has it. */
export function columnOf(code: number): number {
  if (code >= 97 && code <= 122) return code - 97;
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 48 && code <= 57) return DIGIT;
  return -1;
}

/** Nodes while a vocabulary is put together, and those that are left when ends alike are one. */
const NODES = 160_000;
const MERGED = 65_535;

/** The vocabulary, built at the first call (a few milliseconds). */
export const vocabulary: () => Vocabulary = once(() => buildVocabulary(intents, words, homographs));

/** Words by language, parted by blanks; a * at the end: whatever begins so; a _ where words of one entry are parted. */
type WordLists = Readonly<Record<string, string>>;

/**
 * The trie of families of words, numbered in the order of their names, of ordinary words, and of words that are ordinary
 * in the seven languages `elsewhere` has. Takes a few milliseconds.
 */
export function buildVocabulary(
  families: Readonly<Record<string, WordLists>>,
  common: WordLists,
  elsewhere: WordLists = {},
): Vocabulary {
  const trie: Trie = {
    next: new Int32Array(NODES * WIDTH),
    whole: new Int32Array(NODES),
    stem: new Int32Array(NODES),
    parent: new Int32Array(NODES),
    column: new Uint8Array(NODES),
    used: 2,
  };
  Object.values(families).forEach((languages, intent) => {
    for (const list of Object.values(languages)) {
      for (const entry of list.split(" ")) insert(trie, entry, (set) => joined(set, intent));
    }
  });
  for (const list of Object.values(common))
    for (const entry of list.split(" ")) insert(trie, entry, (set) => set | COMMON);
  Object.values(elsewhere).forEach((list, language) => {
    for (const entry of list.split(" ")) insert(trie, entry, (set) => set | (1 << (ORDINARY_SHIFT + language)));
  });
  for (let node = 1; node < trie.used; node++) {
    if (trie.whole[node] !== 0 && trie.stem[node] !== 0) trie.whole[node] = united(trie.whole[node]!, trie.stem[node]!);
  }
  return merged(trie);
}

/** The trie with one node for all from which the same words go on, which are most of it: the ends of words are alike. */
function merged({ parent, column, whole, stem, used }: Trie): Vocabulary {
  const same = new Int32Array(used);
  const below = new Float64Array(used);
  const known = new Map<number, number>();
  // what follows a node was made after it, so that it is known before
  for (let node = used - 1; node > 0; node--) {
    const key = mixed(mixed(below[node]!, whole[node]!), stem[node]!);
    const found = known.get(key) ?? node;
    if (found === node) known.set(key, node);
    same[node] = found;
    below[parent[node]!]! += mixed(found, column[node]!);
  }
  if (known.size >= MERGED) throw new RangeError(`The vocabulary holds ${known.size} nodes, more than ${MERGED}`);
  const numbers = new Int32Array(used);
  let size = 1;
  for (let node = 1; node < used; node++) if (same[node] === node) numbers[node] = size++;
  const next = new Uint16Array(size * WIDTH);
  const sets = { whole: new Int32Array(size), stem: new Int32Array(size) };
  for (let node = 1; node < used; node++) {
    next[numbers[parent[node]!]! * WIDTH + column[node]!] = numbers[same[node]!]!;
    sets.whole[numbers[node]!] = whole[node]!;
    sets.stem[numbers[node]!] = stem[node]!;
  }
  next.fill(0, 0, WIDTH);
  sets.whole[0] = 0;
  sets.stem[0] = 0;
  return { next, ...sets };
}

/** Two numbers as one of 48 bits, which others hardly ever come to. */
function mixed(one: number, other: number): number {
  const low = Math.imul((one % 0x1000000) ^ Math.imul(other + 1, 0x9e3779b1), 0x85ebca6b);
  const high = Math.imul(Math.floor(one / 0x1000000) ^ low, 0xc2b2ae35) ^ (other * 31);
  return ((low ^ (low >>> 15)) & 0xffffff) + ((high ^ (high >>> 13)) & 0xffffff) * 0x1000000;
}

interface Trie {
  readonly next: Int32Array;
  readonly whole: Int32Array;
  readonly stem: Int32Array;
  /** What each node follows, and by which column. */
  readonly parent: Int32Array;
  readonly column: Uint8Array;
  used: number;
}

function insert(trie: Trie, entry: string, mark: (set: number) => number): void {
  const isStem = entry.endsWith("*");
  const letters = fold(isStem ? entry.slice(0, -1) : entry).text.toLowerCase();
  let node = 1;
  for (let at = 0; at < letters.length; at++) {
    const code = letters.charCodeAt(at);
    const column = code === 95 ? GAP : columnOf(code);
    if (column < 0) throw new RangeError(`The word "${entry}" holds "${letters[at]}": letters, digits and _ are known`);
    const slot = node * WIDTH + column;
    if (trie.next[slot] === 0) {
      trie.parent[trie.used] = node;
      trie.column[trie.used] = column;
      trie.next[slot] = trie.used++;
    }
    node = trie.next[slot]!;
  }
  if (trie.used > NODES) throw new RangeError(`The vocabulary holds more than the ${NODES} nodes there is room for`);
  const sets = isStem ? trie.stem : trie.whole;
  sets[node] = mark(sets[node]!);
}

/** The set with one more intent; a fourth one finds no room and is left out. */
function joined(set: number, intent: number): number {
  const value = intent + 1;
  for (let shift = 0; shift < 3 * INTENT_BITS; shift += INTENT_BITS) {
    const held = (set >> shift) & INTENT_MASK;
    if (held === value) return set;
    if (held === 0) return set | (value << shift);
  }
  return set;
}

function united(set: number, other: number): number {
  let union = set | (other & ~INTENT_SET);
  for (let rest = other & INTENT_SET; rest !== 0; rest >>= INTENT_BITS) union = joined(union, (rest & INTENT_MASK) - 1);
  return union;
}

/** The node one column further; 0 where there is none. */
export function nextNode({ next }: Vocabulary, node: number, column: number): number {
  return column < 0 ? 0 : next[node * WIDTH + column]!;
}

/**
 * The packed set of the longest entry that begins at `start`, over as many words as the vocabulary has in one entry;
 * 0 where it has none. `columns` are a text's characters as columns: {@link GAP} between words, -1 where words end for
 * good; `end` is where the text ends.
 */
export function lookUp(
  { next, whole, stem }: Vocabulary,
  columns: Int8Array,
  span: { start: number; end: number },
): number {
  let node = 1;
  let set = 0;
  for (let at = span.start; at < span.end; at++) {
    const column = columns[at]!;
    if (column < 0 || column === GAP) {
      if (whole[node] !== 0) set = whole[node]!;
      if (column < 0) return set;
    }
    node = next[node * WIDTH + column]!;
    if (node === 0) return set;
    if (stem[node] !== 0) set = stem[node]!;
  }
  return whole[node] !== 0 ? whole[node]! : set;
}
