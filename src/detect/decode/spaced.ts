/** Letters that stand apart: `i g n o r e   a l l`, `i.g.n.o.r.e`. */
import { ASCII_DIGITS, ASCII_LETTERS, asciiTable } from "../ascii-table.ts";

const SPACED =
  /(?<![\p{L}\p{N}])[\p{L}\p{N}](?:([ ._*|/~-])[\p{L}\p{N}](?:\1[\p{L}\p{N}])*)(?![._*|/~-]?[\p{L}\p{N}])/gu;
const SHORTEST_SPACED = 4;

/** Letters parted by single signs, put together; nothing else changes. */
export function joined(text: string): string {
  return text
    .replaceAll(SPACED, (run, sign: string) => {
      const letters = run.split(sign);
      return letters.length < SHORTEST_SPACED && !/^[a-z]{2,3}$/i.test(letters.join("")) ? run : letters.join("");
    })
    .replaceAll(/[ ]{2,}/g, " ");
}

/** A letter or digit, and a sign that may part them. */
const ALONE = 1;
const SIGN = 2;
const KINDS = asciiTable([ASCII_LETTERS + ASCII_DIGITS, ALONE], [" ._*|/~-", SIGN]);
/** How many signs in a row are looked at, each with a letter on either side, and how long they are with these. */
const SIGNS = 4;
const LENGTH = 2 * SIGNS + 1;

const kindOf = (code: number): number => (code < 0x80 ? KINDS[code]! : ALONE);
const isAlone = (text: string, at: number): boolean =>
  at >= 0 && at < text.length && kindOf(text.charCodeAt(at)) === ALONE;

/** Whether five letters or digits in a row are parted by the same sign each. Looks at two characters of each eight. */
export function isSpaced(text: string): boolean {
  for (let at = 0; at + 1 < text.length; at += LENGTH - 1) {
    const [one, other] = [kindOf(text.charCodeAt(at)), kindOf(text.charCodeAt(at + 1))];
    if (one + other === ALONE + SIGN && signsAround(text, one === SIGN ? at : at + 1) >= SIGNS) return true;
  }
  return false;
}

/** How many of the same sign part letters around the one at a place, as far as that matters. */
function signsAround(text: string, place: number): number {
  const sign = text.charCodeAt(place);
  let first = place;
  while (place - first < 2 * SIGNS && isAlone(text, first - 1) && text.charCodeAt(first - 2) === sign) first -= 2;
  let last = place;
  while (last - place < 2 * SIGNS && isAlone(text, last + 1) && text.charCodeAt(last + 2) === sign) last += 2;
  // the letters at the ends may belong to words
  if (!isAlone(text, first - 1)) first += 2;
  if (!isAlone(text, last + 1)) last -= 2;
  return (last - first) / 2 + 1;
}
