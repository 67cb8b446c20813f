import { ASCII_DIGITS, asciiTable } from "../ascii-table.ts";
import type { Window } from "./window.ts";

type Shown = Pick<Window, "plain" | "behind">;

/** Characters of the longest. */
const LONGEST_ESCAPE = 6;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const SMALL_U = 0x75;
const LINE_ESCAPES = asciiTable(["nrt", 1]);
const HEX_DIGITS = asciiTable([`${ASCII_DIGITS}abcdefABCDEF`, 1]);
const isOneOf = (table: Uint8Array, code: number): boolean => code < 0x80 && table[code] === 1;

/**
 * Whether an escape of JSON or of an address ends in front of a place: `\n`, `\u00a0`, `%3D` stand for something that is
 * mostly no letter.
 */
export function isBehindEscape({ plain, behind }: Shown, at: number): boolean {
  // most places are behind none by their last character, and nearly all by the last two
  if (at >= LONGEST_ESCAPE && !mayEndEscape(plain.charCodeAt(at - 2), plain.charCodeAt(at - 1))) return false;
  const code = (back: number): number =>
    at >= back ? plain.charCodeAt(at - back) : behind.charCodeAt(behind.length + at - back);
  const last = code(1);
  if (code(2) === BACKSLASH && isOneOf(LINE_ESCAPES, last)) return true;
  if (!(isOneOf(HEX_DIGITS, last) && isOneOf(HEX_DIGITS, code(2)))) return false;
  if (code(3) === PERCENT) return true;
  return code(6) === BACKSLASH && code(5) === SMALL_U && isOneOf(HEX_DIGITS, code(4)) && isOneOf(HEX_DIGITS, code(3));
}

/** Whether these may be the last two characters of an escape. */
const mayEndEscape = (lastButOne: number, last: number): boolean =>
  lastButOne === BACKSLASH || (isOneOf(HEX_DIGITS, last) && isOneOf(HEX_DIGITS, lastButOne));

/** Whether an escape may end anywhere in a window: where none may, no place is asked for it. */
export const mayHoldEscape = ({ text, behind }: Pick<Window, "text" | "behind">): boolean =>
  ESCAPING.test(text) || ESCAPING.test(behind.slice(-LONGEST_ESCAPE));

const ESCAPING = /[\\%]/;
