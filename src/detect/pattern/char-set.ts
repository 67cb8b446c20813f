import { oncePer } from "../../lib/once.ts";

/**
 * A set of code points: inclusive ranges `[low, high, low, high, …]`, ascending, neither touching nor overlapping. Lone
 * surrogates are code points of their own.
 */
export type CharSet = readonly number[];

/** The highest code point. */
export const LAST = 0x10ffff;

/** Every code point. */
export const ANY: CharSet = [0, LAST];

/** The set of ranges given in any order. */
export function charSet(ranges: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [low, high] of sorted) {
    const last = merged.length - 1;
    if (last > 0 && low <= merged[last]! + 1) merged[last] = Math.max(merged[last]!, high);
    else merged.push(low, high);
  }
  return merged;
}

/** The set of the characters of a text. */
export function charsOf(text: string): CharSet {
  return charSet(Array.from(text, (char) => [char.codePointAt(0)!, char.codePointAt(0)!]));
}

function rangesOf(set: CharSet): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = 0; at < set.length; at += 2) ranges.push([set[at]!, set[at + 1]!]);
  return ranges;
}

/** What is in any of the sets. */
export function union(...sets: readonly CharSet[]): CharSet {
  return charSet(sets.flatMap(rangesOf));
}

/** What is not in the set. */
export function complement(set: CharSet): CharSet {
  const rest: number[] = [];
  let next = 0;
  for (const [low, high] of rangesOf(set)) {
    if (low > next) rest.push(next, low - 1);
    next = high + 1;
  }
  if (next <= LAST) rest.push(next, LAST);
  return rest;
}

/** Whether a code point is in the set. */
export function has(set: CharSet, code: number): boolean {
  let low = 0;
  let high = set.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[2 * middle + 1]! < code) low = middle + 1;
    else high = middle;
  }
  return 2 * low < set.length && set[2 * low]! <= code;
}

/** More members than this: a set such as "all letters", closed under case but for a handful of them. */
const FOLDED_MEMBERS = 5_000;
/** Letters whose other case is not found from the usual one: the Kelvin sign and the long s. */
const ODD_CASES: readonly (readonly [number, number])[] = [
  [0x6b, 0x212a],
  [0x73, 0x17f],
];

/**
 * The set with the other case of each of its letters (simple mappings: one code point to one). Sets of many ranges are
 * few and shared, and this takes a millisecond.
 */
export const caseless: (set: CharSet) => CharSet = oncePer((set) => {
  const added: [number, number][] = [];
  const add = (code: number, text: string) => {
    const other = text.codePointAt(0)!;
    if (other !== code && String.fromCodePoint(other).length === text.length) added.push([other, other]);
  };
  let members = 0;
  for (const [low, high] of rangesOf(set)) members += high - low + 1;
  if (members > FOLDED_MEMBERS) return set;
  for (const [low, high] of rangesOf(set)) {
    for (let code = low; code <= high; code++) {
      const char = String.fromCodePoint(code);
      add(code, char.toLowerCase());
      add(code, char.toUpperCase());
    }
  }
  const folded = charSet([...rangesOf(set), ...added]);
  const odd = ODD_CASES.flatMap(([usual, other]): [number, number][] => (has(folded, usual) ? [[other, other]] : []));
  return odd.length === 0 ? folded : charSet([...rangesOf(folded), ...odd]);
});
