/**
 * Runs longer than this, of blanks or of anything else, are cut into pieces of this many UTF-16 units before they are
 * counted. A cut adds at most about one token; without it a run of a million letters is one piece.
 */
export const LONGEST_RUN = 512;

/** Yields `text` in parts such that no part holds an uncut run. Never cuts inside a surrogate pair. Linear. */
export function* cutLongRuns(text: string): Generator<string> {
  let from = 0;
  for (const at of cuts(text)) {
    yield text.slice(from, at);
    from = at;
  }
  if (from < text.length) yield from === 0 ? text : text.slice(from);
}

function* cuts(text: string): Generator<number> {
  let runStart = 0;
  let runIsBlank = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const blank = code <= 0x20 ? isAsciiBlank(code) : code >= 0x85 && isWideBlank(code);
    if (blank !== runIsBlank) {
      runIsBlank = blank;
      runStart = at;
    } else if (at - runStart >= LONGEST_RUN && !isPairAt(text, at)) {
      yield at;
      runStart = at;
    }
  }
}

/** Whether the units before and at `at` are one character. */
const isPairAt = (text: string, at: number): boolean => (text.codePointAt(at - 1) ?? 0) > 0xffff;

const isAsciiBlank = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** Blanks above ASCII as `\s` of a regular expression has them (ECMAScript WhiteSpace and LineTerminator). */
function isWideBlank(code: number): boolean {
  if (code < 0x1680) return code === 0xa0;
  if (code > 0x3000) return code === 0xfeff;
  return (
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x1680 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}
