import { ASCII_DIGITS, ASCII_LETTERS, asciiTable } from "../ascii-table.ts";

/** What a text holds at all, so that detectors which need it are not asked in vain. One pass, in time with its length. */
export interface Traits {
  /** Longest run of letters of base64, of letters A to Z, of ones and noughts. */
  readonly base64: number;
  readonly letters: number;
  readonly bits: number;
  /** A letter beside a digit or a sign that may stand for one. */
  readonly mixed: boolean;
  /** Longest run of characters that are by turns a letter or digit, and neither, each between two of the other sort. */
  readonly turns: number;
}

const LETTER = 1;
const DIGIT = 2;
/** `+`, `/`, `_` and `-`. */
const BASE64_SIGN = 4;
const BIT = 8;
/** What may stand for a letter, before one and behind one. */
const BEFORE = 16;
const BEHIND = 32;

const KINDS = asciiTable(
  [ASCII_LETTERS, LETTER],
  [ASCII_DIGITS, DIGIT],
  ["+/_-", BASE64_SIGN],
  ["01", BIT],
  [`${ASCII_DIGITS}@$|+(`, BEFORE],
  [`${ASCII_DIGITS}@$!|+(`, BEHIND],
);

/** Not ASCII: read as a letter where letters are set apart. */
const OTHER = 64;

/** Looks through a text once; work is done where the kind of character changes. */
export function traitsOf(text: string): Traits {
  let [base64, letters, bits, turns] = [0, 0, 0, 0];
  let [base64Run, letterRun, bitRun, turnRun] = [0, 0, 0, 0];
  let mixed = false;
  let wasAlone = false;
  let kind = -1;
  for (let at = 0, start = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : -1;
    const next = code < 0 ? -1 : code < 128 ? KINDS[code]! : OTHER;
    if (next === kind) continue;
    const size = at - start;
    start = at;
    if (size > 0) {
      base64Run = (kind & (LETTER | DIGIT | BASE64_SIGN)) === 0 ? 0 : base64Run + size;
      letterRun = (kind & LETTER) === 0 ? 0 : letterRun + size;
      bitRun = (kind & BIT) === 0 ? 0 : bitRun + size;
      const alone = (kind & (LETTER | DIGIT | OTHER)) !== 0;
      turnRun = size > 1 || alone === wasAlone ? Number(size === 1) : turnRun + 1;
      wasAlone = alone;
      if (base64Run > base64) base64 = base64Run;
      if (letterRun > letters) letters = letterRun;
      if (bitRun > bits) bits = bitRun;
      if (turnRun > turns) turns = turnRun;
    }
    if (next >= 0 && ((kind & LETTER && next & BEHIND) || (kind & BEFORE && next & LETTER)) && kind >= 0) mixed = true;
    kind = next;
  }
  return { base64, letters, bits, mixed, turns };
}
