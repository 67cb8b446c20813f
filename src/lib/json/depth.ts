import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./codes.ts";

/**
 * Deepest nesting of a body. JSON Schemas of tools reach about 20; parsers upstream give up between 128 (serde) and
 * 10,000 (Go), and one that gives up does it with a stack overflow.
 */
export const MAX_DEPTH = 512;

/**
 * Most parts of a body: one for each object and array, two for each member. A hundred thousand texts in parts of their
 * own have 500,000; ten megabytes of nothing but parts take two seconds to parse and check, in which nobody else is
 * answered.
 */
export const MAX_PARTS = 600_000;

/**
 * Most commas of a body. An embedding of a million tokens in one request is more than any provider takes; ten megabytes of
 * numbers are five million, and keep everybody waiting for as long as too many parts do.
 */
export const MAX_COMMAS = 1_200_000;

/**
 * Whether JSON text nests deeper than {@link MAX_DEPTH}. To be asked before it is parsed: parsing thousands of levels
 * takes a hundred times as long as looking for them.
 */
export function nestsTooDeep(text: string): boolean {
  return tooMuch(text, Number.POSITIVE_INFINITY) === "levels";
}

/**
 * What JSON text has too much of to be parsed at once, levels or parts ({@link MAX_PARTS}, and where those are limited
 * {@link MAX_COMMAS}, too); null: nothing.
 */
export function tooMuch(text: string, maxParts: number = MAX_PARTS): "levels" | "parts" | null {
  let depth = 0;
  let parts = 0;
  let commas = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth++;
      parts++;
      if (depth > MAX_DEPTH) return "levels";
      if (parts > maxParts) return "parts";
    } else if (code === COMMA) commas++;
    else if (code === COLON) parts += 2;
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth--;
  }
  const isLimited = maxParts !== Number.POSITIVE_INFINITY;
  return parts > maxParts || (isLimited && commas > MAX_COMMAS) ? "parts" : null;
}

/** Where the string that begins at `start` is closed, or the text's end. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}
