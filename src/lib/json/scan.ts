/**
 * A scanner over JSON text that `JSON.parse` has already accepted: it tells where values stand, so that changes can be
 * spliced into the text instead of writing it anew.
 */
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./codes.ts";

/** Half-open range of UTF-16 units in the source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One member of an object: the key's literal from its opening quote, and the value. */
export interface Member {
  readonly key: string;
  /** Offset of the key's opening quote. */
  readonly keyStart: number;
  /** The value's span, without surrounding blanks. */
  readonly start: number;
  readonly end: number;
}

/** Offset just behind the string literal that opens at `open`. */
export function stringEnd(source: string, open: number): number {
  let close = source.indexOf('"', open + 1);
  while (source.charCodeAt(close - 1) === BACKSLASH) {
    let slashes = 1;
    while (source.charCodeAt(close - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) break;
    close = source.indexOf('"', close + 1);
  }
  return close + 1;
}

/** Offset of the first character at or after `at` that is not a JSON blank. */
export function skipBlanks(source: string, at: number): number {
  let code = source.charCodeAt(at);
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = source.charCodeAt(++at);
  return at;
}

/** Offset just behind the value that begins at `at`. Iterative, so that depth costs no stack. */
export function valueEnd(source: string, at: number): number {
  let depth = 0;
  for (;;) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(source, at);
    else {
      if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
      else if (depth === 0) return scalarEnd(source, at);
      at++;
    }
    if (depth === 0) return at;
  }
}

function scalarEnd(source: string, at: number): number {
  for (;;) {
    const code = source.charCodeAt(at);
    // NaN at the end of the text compares false, so name it
    if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= 0x20 || Number.isNaN(code))
      return at;
    at++;
  }
}

/** The members of the object whose `{` stands at `open`, in their order. */
export function members(source: string, open: number): readonly Member[] {
  const found: Member[] = [];
  let at = skipBlanks(source, open + 1);
  while (source.charCodeAt(at) === QUOTE) {
    const keyStart = at;
    const keyEnd = stringEnd(source, at);
    const start = skipBlanks(source, skipBlanks(source, keyEnd) + 1);
    const end = valueEnd(source, start);
    found.push({ key: literalText(source, keyStart, keyEnd), keyStart, start, end });
    at = skipBlanks(source, end);
    if (source.charCodeAt(at) !== COMMA) break;
    at = skipBlanks(source, at + 1);
  }
  return found;
}

/** The member named `key` of the object whose `{` stands at `open`, or null. Reads no further than it must. */
export function findMember(source: string, open: number, key: string): Member | null {
  let at = skipBlanks(source, open + 1);
  while (source.charCodeAt(at) === QUOTE) {
    const keyStart = at;
    const keyEnd = stringEnd(source, at);
    const start = skipBlanks(source, skipBlanks(source, keyEnd) + 1);
    const end = valueEnd(source, start);
    if (literalText(source, keyStart, keyEnd) === key) return { key, keyStart, start, end };
    at = skipBlanks(source, end);
    if (source.charCodeAt(at) !== COMMA) break;
    at = skipBlanks(source, at + 1);
  }
  return null;
}

/** The spans of the elements of the array whose `[` stands at `open`. */
export function elements(source: string, open: number): readonly Span[] {
  const found: Span[] = [];
  let at = skipBlanks(source, open + 1);
  while (source.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = valueEnd(source, at);
    found.push({ start: at, end });
    at = skipBlanks(source, end);
    if (source.charCodeAt(at) !== COMMA) break;
    at = skipBlanks(source, at + 1);
  }
  return found;
}

/** The same of the array that is the member `key` of the root object. Throws a TypeError where there is no such member. */
export function rootElements(source: string, key: string): readonly Span[] {
  return elements(source, findMember(source, skipBlanks(source, 0), key)!.start);
}

/** The span of the value at `path`, or null where the path leads nowhere. */
export function spanOf(source: string, path: readonly (string | number)[]): Span | null {
  let start = skipBlanks(source, 0);
  for (const step of path) {
    const code = source.charCodeAt(start);
    if (typeof step === "string" ? code !== OPEN_BRACE : code !== OPEN_BRACKET) return null;
    const next: Span | null =
      typeof step === "string" ? findMember(source, start, step) : (elements(source, start)[step] ?? null);
    if (next === null) return null;
    start = next.start;
  }
  return { start, end: valueEnd(source, start) };
}

/** The decoded text of the string literal in `[start, end)`. */
export function literalText(source: string, start: number, end: number): string {
  const raw = source.slice(start + 1, end - 1);
  return raw.includes("\\") ? (JSON.parse(source.slice(start, end)) as string) : raw;
}
