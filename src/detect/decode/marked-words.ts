import { asciiTable } from "../ascii-table.ts";
import type { Rewriting } from "./rewriting.ts";

/** Words with marks of HTML or Markdown inside of them, which nobody sees who reads the page: `Ig<i></i>nore`, `Ig**nore**`. */

/** Marks that part no words: a cell of a table or a paragraph does. */
const MARKS =
  /(?<=\p{L})(?:<\/?(?:a|abbr|b|code|em|font|i|mark|q|s|small|span|strong|sub|sup|tt|u|wbr)(?:\s[^<>]{0,200})?\/?>|\*{2,3}|~~|&shy;)+(?=\p{L})/iuy;
const FEWEST_MARKS = 3;
/** So many marks stand together where words are taken apart; by chance there is one here and there. */
const TOGETHER = 300;

/** The text without such marks; null where it has hardly any in one place. Asks the pattern only where one may begin. */
export function unmarkWords(source: string): Rewriting | null {
  const places: number[] = [];
  const changed: number[] = [];
  let text = "";
  let from = 0;
  for (let at = 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code >= 0x80 || FIRST_SIGNS[code] === 0 || !mayBeLetter(source.charCodeAt(at - 1))) continue;
    MARKS.lastIndex = at;
    if (!MARKS.test(source)) continue;
    places.push(at);
    text += source.slice(from, at);
    changed.push(text.length, text.length);
    from = MARKS.lastIndex;
    at = from - 1;
  }
  const isMarked = places.some((at, nth) => places[nth + FEWEST_MARKS - 1]! - at <= TOGETHER);
  return isMarked ? { text: text + source.slice(from), changed: () => changed } : null;
}

const FIRST_SIGNS = asciiTable(["<*~&", 1]);

/** A letter of ASCII, or what may be one of another script. */
function mayBeLetter(code: number): boolean {
  const small = code | 32;
  return code >= 0x80 || (small >= 97 && small <= 122);
}

/** Whether anything that such a mark begins with stands behind a letter as often as it must. */
export function mayHoldMarks(source: string): boolean {
  let marks = 0;
  for (const begin of BEGINS) {
    for (let at = source.indexOf(begin, 1); at >= 0; at = source.indexOf(begin, at + 1)) {
      if (LETTER.test(source.charAt(at - 1)) && ++marks >= FEWEST_MARKS) return true;
    }
  }
  return false;
}

const BEGINS = ["<", "**", "~~", "&shy;"];
const LETTER = /\p{L}/u;
