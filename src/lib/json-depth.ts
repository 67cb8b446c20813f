import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./json-codes.ts";

/**
 * Deepest nesting of a body. JSON Schemas of tools reach about 20; parsers upstream give up between 128 (serde) and
 * 10,000 (Go), and one that gives up does it with a stack overflow.
 */
export const MAX_DEPTH = 512;

/**
 * Whether JSON text nests deeper than {@link MAX_DEPTH}. To be asked before it is parsed: parsing thousands of levels
 * takes a hundred times as long as looking for them.
 */
export function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth++;
      if (depth > MAX_DEPTH) return true;
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth--;
  }
  return false;
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
