import { once } from "../../lib/once.ts";
import { type CharSet, charSet, union } from "./char-set.ts";

/** Where characters are assigned: the first four planes, then tags and variation selectors. Beyond there are none. */
const BLOCKS: readonly (readonly [number, number])[] = [
  [0, 0xd7ff],
  [0xe000, 0x3ffff],
  [0xe0000, 0xe0fff],
];

/** Every assigned character in one text, so that one pass of a regular expression finds a property's ranges. */
const allCharacters = once((): string => {
  const pieces: string[] = [];
  for (const [low, high] of BLOCKS) {
    for (let at = low; at <= high; at += 4096) {
      const codes = Array.from({ length: Math.min(4096, high - at + 1) }, (_, index) => at + index);
      pieces.push(String.fromCodePoint(...codes));
    }
  }
  return pieces.join("");
});

const known = new Map<string, CharSet>();

/** The characters with a Unicode property (`L`, `Lu`, `Script=Greek`), as this runtime knows them; null: no such one. */
export function propertySet(name: string): CharSet | null {
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  if (!/^[A-Za-z_]{1,40}(?:=[A-Za-z_]{1,40})?$/.test(name)) return null;
  let pattern: RegExp;
  try {
    pattern = new RegExp(`\\p{${name}}+`, "gu");
  } catch {
    return null;
  }
  const ranges: [number, number][] = [];
  for (const [run] of allCharacters().matchAll(pattern)) ranges.push(...runsOf(run));
  const set = charSet(ranges);
  known.set(name, set);
  return set;
}

/** A run of matching characters may cross the gap between two blocks. */
function runsOf(run: string): [number, number][] {
  const first = run.codePointAt(0)!;
  const end = run.charCodeAt(run.length - 1);
  // E000 to FFFF are characters of one unit, though greater than any surrogate
  const last = end >= 0xdc00 && end <= 0xdfff ? run.codePointAt(run.length - 2)! : end;
  const runs: [number, number][] = [];
  for (const [low, high] of BLOCKS) {
    if (first <= high && last >= low) runs.push([Math.max(first, low), Math.min(last, high)]);
  }
  return runs;
}

/** `\d`: ASCII digits. */
export const DIGITS: CharSet = [0x30, 0x39];
/** `\w`: ASCII letters, digits and the underscore. */
export const WORD: CharSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** `\s`, as ECMAScript has it. */
export const SPACE: CharSet = charSet([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
/** Line ends: what `.` leaves out. */
export const LINE_ENDS: CharSet = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];

/** Digits of any script. */
export function anyDigits(): CharSet {
  return propertySet("Nd")!;
}

/** Letters, marks, numbers and the underscore, of any script: what makes up words. */
export const anyWord: () => CharSet = once(() => {
  return union(propertySet("L")!, propertySet("M")!, propertySet("N")!, [0x5f, 0x5f]);
});

/**
 * Looks up the properties that hardly a pattern does without, step by step: each pass over all characters takes some
 * milliseconds.
 */
export function* lookingUpProperties(): Generator<undefined, void> {
  allCharacters();
  yield undefined;
  for (const name of ["Nd", "L", "Lu", "M", "N"]) {
    propertySet(name);
    yield undefined;
  }
  anyWord();
  yield undefined;
}

/** How many UTF-16 units the code point at a place takes. */
export function widthAt(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}
