import { columnsOf } from "./columns.ts";
import { GAP, lookUp, vocabulary } from "./vocabulary.ts";

/** Letters that are looked at: a sample tells as much as the whole. */
export const SAMPLE = 2000;
const columns = new Int8Array(SAMPLE + 1);

/**
 * The share of a text's letters that stand in words of the vocabulary, 0 to 1: what tells language from a cipher. Words
 * of one or two letters do not count.
 */
export function knownShare(text: string): number {
  const length = Math.min(text.length, SAMPLE);
  columnsOf(text.length > length ? text.slice(0, length) : text, columns);
  const words = vocabulary();
  let known = 0;
  let letters = 0;
  for (let at = 0; at < length; ) {
    const start = at;
    while (at < length && columns[at]! >= 0 && columns[at] !== GAP) at++;
    const size = at - start;
    if (size > 2) {
      letters += size;
      if (lookUp(words, columns, { start, end: length }) !== 0) known += size;
    }
    if (size === 0) at++;
  }
  return letters === 0 ? 0 : known / letters;
}
