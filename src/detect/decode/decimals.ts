/** Text as the numbers of its bytes: `73 103 110 111 114 101`. */
import { MOST_BYTES, readable } from "./bytes.ts";

/** Sixteen numbers of bytes that stand for text, parted by blanks, commas or semicolons, perhaps in brackets. */
const NUMBERS =
  /(?<![\d.])(?:(?:1[03]|3[2-9]|[4-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:[\s,;]{1,2}|$)){15,}(?:1[03]|3[2-9]|[4-9]\d|1\d\d|2[0-4]\d|25[0-5])?(?![\d.])/g;
const FEWEST_LETTERS = 0.7;

/** Decodes runs of sixteen or more such numbers; null where there are none, or what they stand for is hardly letters. */
export function decodeDecimals(source: string): string | null {
  const found: string[] = [];
  for (const [run] of source.matchAll(NUMBERS)) {
    const bytes = Uint8Array.from((run.match(/\d+/g) ?? []).slice(0, MOST_BYTES), Number);
    const text = readable(bytes);
    if (text !== null && isWriting(text)) found.push(text);
  }
  return found.length === 0 ? null : found.join("\n");
}

/** Whether most of it is letters and blanks: numbers of other things come to signs as well. */
function isWriting(text: string): boolean {
  const letters = text.match(/[\p{L} ]/gu)?.length ?? 0;
  return letters >= FEWEST_LETTERS * text.length;
}

/** Whether three numbers stand in a row anywhere: what tells at little cost that there may be more. */
export function mayHoldDecimals(source: string): boolean {
  return /\d\d[\s,;]{1,2}\d{2,3}[\s,;]{1,2}\d\d/.test(source);
}
