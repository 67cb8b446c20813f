import { ASCII_DIGITS, ASCII_LETTERS, asciiTable } from "../ascii-table.ts";
import type { Head } from "./recogniser.ts";

/** The part in front of the @, of RFC 5321's dot-strings and RFC 6531's letters, also as query strings write it. */
export const LOCAL = "[\\p{L}\\d](?:[\\p{L}\\d_+.'\\-]|%2[bBdDeE]|%5[fF]){0,63}";

const IS_LOCAL = asciiTable([`${ASCII_LETTERS}${ASCII_DIGITS}_+.'-`, 1]);
/** What `@` is written with: itself, escapes, brackets; and behind a blank brackets, `at` or `dot`. */
const AT_SIGNS = "@%& [({<";
const BEHIND_BLANK = "[({<aAd";

/** The ASCII part of {@link LOCAL}. */
export const LOCAL_RUN: Head = {
  most: 64,
  has: (code) => IS_LOCAL[code] === 1,
  mayFollow(text, at) {
    if (!AT_SIGNS.includes(text[at]!)) return false;
    return text[at] !== " " || at + 1 === text.length || BEHIND_BLANK.includes(text[at + 1]!);
  },
};

/** What domains that are spelled out end with. */
export const ENDING = "(?:com|org|net|edu|gov|eu|io|info|biz|de|fr|es|it|nl|pl|pt|at|ch|be|uk|ie|se|dk|no|fi|cz|us|ca)";
