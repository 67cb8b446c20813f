import lists from "../../../config/injection/slips.json" with { type: "json" };
import { once } from "../../lib/once.ts";
import { columnOf, lookUp, vocabulary } from "./vocabulary.ts";

/** Shorter words are a slip away from too many others; longer ones are not in the list. */
const SHORTEST = 6;
const LONGEST = 20;
/** Slots of the table, a power of two of which the keys fill less than half. */
const SLOTS = 1 << 15;
const STEP = 0x01000193;

interface Slips {
  /** Keys of words and of words with a letter left out; 0: free. */
  readonly keys: Int32Array;
  /** The number of the word that each key belongs to. */
  readonly words: Uint16Array;
  readonly letters: readonly Int8Array[];
  /** The packed set of intents of each word. */
  readonly sets: Int32Array;
}

const heads = new Int32Array(LONGEST + 2);
const tails = new Int32Array(LONGEST + 2);
const powers = new Int32Array(LONGEST + 2).fill(1);
for (let at = 1; at < powers.length; at++) powers[at] = Math.imul(powers[at - 1]!, STEP);

const slips = once(build);

/**
 * The packed set of intents of the word of the list that the letters from `start` to `end` (columns of the vocabulary) are
 * one slip away from: a letter too many, too few, another one, or two that changed places; 0 where there is none. The first
 * letter is one that nobody mistypes. Linear in the letters.
 */
export function slipOf(columns: Int8Array, start: number, end: number): number {
  const size = end - start;
  if (size < SHORTEST - 1 || size > LONGEST) return 0;
  // before the hashes are made: the first time, the list is made by the same ones
  const list = slips();
  return prepare(columns, start, size) ? found(list, columns, { start, size }) : 0;
}

function found(slips: Slips, columns: Int8Array, { start, size }: { start: number; size: number }): number {
  for (let left = 0; left < size; left++) {
    // nothing is left out in the first round: no word begins with a slip
    const key = left === 0 ? keyOf(heads[size]!, size) : keyWithout(left, size);
    for (let slot = key & (SLOTS - 1); slips.keys[slot] !== 0; slot = (slot + 1) & (SLOTS - 1)) {
      if (slips.keys[slot] !== key) continue;
      const word = slips.words[slot]!;
      if (isSlip(slips.letters[word]!, columns, { start, size })) return slips.sets[word]!;
    }
  }
  return 0;
}

/** Hashes of what stands before and behind each letter; false where one is no letter. */
function prepare(columns: Int8Array, start: number, size: number): boolean {
  heads[0] = 0;
  tails[size] = 0;
  for (let at = 0; at < size; at++) {
    const column = columns[start + at]!;
    if (column < 0 || column >= 26) return false;
    heads[at + 1] = (Math.imul(heads[at]!, STEP) + column + 1) | 0;
  }
  for (let at = size - 1; at >= 0; at--) {
    tails[at] = (Math.imul(columns[start + at]! + 1, powers[size - 1 - at]!) + tails[at + 1]!) | 0;
  }
  return true;
}

const keyOf = (hash: number, size: number): number => {
  const mixed = Math.imul(hash ^ (hash >>> 15) ^ size, 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) | 1;
};

const keyWithout = (left: number, size: number): number =>
  keyOf((Math.imul(heads[left]!, powers[size - 1 - left]!) + tails[left + 1]!) | 0, size - 1);

/** Whether a word is one slip away: what is alike in front and behind leaves one letter, or two that changed places. */
function isSlip(word: Int8Array, columns: Int8Array, { start, size }: { start: number; size: number }): boolean {
  const least = Math.min(word.length, size);
  let front = 0;
  while (front < least && word[front] === columns[start + front]) front++;
  let back = 0;
  while (back < least - front && word[word.length - 1 - back] === columns[start + size - 1 - back]) back++;
  const rest = Math.max(word.length, size) - front - back;
  if (rest <= 1) return true;
  return (
    rest === 2 &&
    word.length === size &&
    word[front] === columns[start + front + 1] &&
    word[front + 1] === columns[start + front]
  );
}

function build(): Slips {
  const words = [...new Set(Object.values(lists).flatMap((list) => list.split(" ")))].filter(
    ({ length }) => length >= SHORTEST && length <= LONGEST,
  );
  const letters = words.map((word) => Int8Array.from(word, (letter) => columnOf(letter.charCodeAt(0))));
  const slips = {
    keys: new Int32Array(SLOTS),
    words: new Uint16Array(SLOTS),
    letters,
    sets: new Int32Array(words.length),
  };
  const put = (key: number, word: number): void => {
    let slot = key & (SLOTS - 1);
    while (slips.keys[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    slips.keys[slot] = key;
    slips.words[slot] = word;
  };
  letters.forEach((word, number) => {
    const columns = Int8Array.from([...word, -1]);
    slips.sets[number] = lookUp(vocabulary(), columns, { start: 0, end: word.length });
    if (!prepare(word, 0, word.length)) throw new RangeError(`The word "${words[number]}" holds more than letters`);
    put(keyOf(heads[word.length]!, word.length), number);
    for (let left = 1; left < word.length; left++) put(keyWithout(left, word.length), number);
  });
  return slips;
}
