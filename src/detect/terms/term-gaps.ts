import { type CharSet, charsOf, union } from "../pattern/char-set.ts";
import { chars, choice, type PatternTree, repeat, sequence } from "../pattern/tree.ts";
import { SPACE } from "../pattern/unicode.ts";
import { dashes } from "./sign-forms.ts";

/** Signs of Markdown at the end of a word, and at the beginning of the next one or of its line. */
const CLOSING = charsOf("*_~`");
const OPENING = charsOf("*_~`>");

/**
 * Where two words of a term meet: blanks and line breaks, indented and quoted ones too, with the signs of Markdown around
 * them; or what stands for a blank in names of files and in addresses (`-`, `_`, `+`, `%20`); or a line break written
 * as an escape. `blanks` are read as blanks as well.
 */
export function blank(blanks: CharSet): PatternTree {
  const space = union(SPACE, blanks);
  const lineBreak = sequence(repeat(chars(charsOf("\\")), 1, 3), chars(charsOf("nrt")));
  return choice([
    sequence(repeat(chars(CLOSING), 0, 2), chars(space), repeat(chars(union(space, OPENING)), 0, 11)),
    chars(union(charsOf("_+"), dashes())),
    sequence(chars(charsOf("%")), chars(charsOf("2")), chars(charsOf("0"))),
    repeat(lineBreak, 1, 2),
  ]);
}

/** A hyphen of a term, in any form; behind it the line may break. */
export function hyphen(forms: CharSet): PatternTree {
  const lineBreak = sequence(chars(charsOf("\r\n")), repeat(chars(union(SPACE, charsOf(">"))), 0, 8));
  return sequence(chars(forms), repeat(lineBreak, 0, 1));
}
