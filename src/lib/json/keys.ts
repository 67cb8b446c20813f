/**
 * Whether the keys of JSON text (which `JSON.parse` has accepted) can be read in one way only. What the policies read
 * must be what the upstream reads, whichever parser it has: some take the first of two equal keys, some ignore case.
 */

import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./codes.ts";
import { literalText, skipBlanks, stringEnd } from "./scan.ts";

/** Two spellings of one key in one object: equal, or equal but for case. */
export interface KeyConflict {
  readonly first: string;
  readonly second: string;
  /** Offset of the second key's opening quote. */
  readonly at: number;
}

/** What a scan found. Where it found a conflict or too much depth, it ended there. */
export interface KeyScan {
  /** The first conflict; null if there is none. */
  readonly conflict: KeyConflict | null;
  /** Offset of the first object or array beyond the depth asked for; null if there is none. */
  readonly tooDeepAt: number | null;
  /** Offset of the last key `__proto__`, with which some programs change what objects are; null if there is none. */
  readonly protoAt: number | null;
}

/** The keys of one object while it is open; used again for the next object of the same depth. */
interface Seen {
  /** Per key: opening quote, offset behind the closing one, and what tells most keys apart without reading them. */
  readonly starts: number[];
  readonly ends: number[];
  readonly marks: number[];
  /** How many of them belong to this object: shortening the arrays would cost more than all else. */
  count: number;
  /** By folded key, once there are too many to compare in pairs. */
  folded: Map<string, string> | null;
}

/** Above this many keys an object is checked through a map, so that the cost stays linear. */
const PAIRWISE_LIMIT = 16;

/** The mark of a key that must be compared with every other: it holds an escape, or ends in a letter beyond ASCII. */
const ANY = -1;

/**
 * One pass, iterative and linear whatever the text; without `maxDepth` any depth passes. Costs about half of the
 * `JSON.parse` before it, because keys are told apart by length and outer letters and hardly ever read.
 */
export function scanKeys(source: string, maxDepth: number = Number.POSITIVE_INFINITY): KeyScan {
  const seenAt: Seen[] = [];
  const isObject: boolean[] = [];
  let protoAt: number | null = null;
  let escapeAt = -1;
  let depth = -1;
  let seen: Seen | null = null;
  let keyNext = false;
  let at = 0;
  const length = source.length;
  while (at < length) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(source, at);
      if (seen !== null && keyNext) {
        if (escapeAt < at) escapeAt = nextEscape(source, at);
        const mark = escapeAt < end ? ANY : markOf(source, at, end);
        const first = conflictIn(source, seen, { start: at, end, mark });
        if (first !== null) {
          return { conflict: { first, second: literalText(source, at, end), at }, tooDeepAt: null, protoAt };
        }
        if ((mark === PROTO_MARK || mark === ANY) && literalText(source, at, end) === "__proto__") protoAt = at;
        keyNext = false;
      }
      at = end;
      continue;
    }
    if (code === COMMA) keyNext = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth >= maxDepth) return { conflict: null, tooDeepAt: at, protoAt };
      isObject[depth] = code === OPEN_BRACE;
      seen = code === OPEN_BRACE ? opened(seenAt, depth) : null;
      keyNext = true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
      seen = depth >= 0 && isObject[depth] === true ? seenAt[depth]! : null;
    }
    at++;
  }
  return { conflict: null, tooDeepAt: null, protoAt };
}

/**
 * The first pair of keys in one object that are equal, or equal but for case, anywhere in the text; null if there is
 * none. Case is folded as Unicode does (`K` is `k`, `ſ` is `s`), because parsers upstream do the same.
 */
export function findKeyConflict(source: string): KeyConflict | null {
  return scanKeys(source).conflict;
}

function opened(seenAt: Seen[], depth: number): Seen {
  let seen = seenAt[depth];
  if (seen === undefined) {
    seen = { starts: [], ends: [], marks: [], count: 0, folded: null };
    seenAt[depth] = seen;
  }
  seen.count = 0;
  seen.folded = null;
  return seen;
}

function nextEscape(source: string, from: number): number {
  const found = source.indexOf("\\", from);
  return found === -1 ? Number.POSITIVE_INFINITY : found;
}

/** Length and outer letters, without case: keys that are equal when folded have equal marks, or one of them is ANY. */
function markOf(source: string, start: number, end: number): number {
  const first = source.charCodeAt(start + 1);
  const last = source.charCodeAt(end - 2);
  if (first > 0x7f || last > 0x7f) return ANY;
  return ((end - start) << 14) | ((first | 0x20) << 7) | last | 0x20;
}

const PROTO_MARK = markOf('"__proto__"', 0, 11);

interface Key {
  readonly start: number;
  readonly end: number;
  readonly mark: number;
}

/** The key among `seen` that this one repeats; else null, and it is noted. */
function conflictIn(source: string, seen: Seen, { start, end, mark }: Key): string | null {
  const { starts, ends, marks, count } = seen;
  if (count >= PAIRWISE_LIMIT) return conflictInMap(source, seen, literalText(source, start, end));
  for (let index = 0; index < count; index++) {
    const other = marks[index]!;
    if (other !== mark && other !== ANY && mark !== ANY) continue;
    const first = literalText(source, starts[index]!, ends[index]!);
    if (fold(first) === fold(literalText(source, start, end))) return first;
  }
  starts[count] = start;
  ends[count] = end;
  marks[count] = mark;
  seen.count++;
  return null;
}

function conflictInMap(source: string, seen: Seen, key: string): string | null {
  if (seen.folded === null) {
    seen.folded = new Map();
    for (let index = 0; index < seen.count; index++) {
      const known = literalText(source, seen.starts[index]!, seen.ends[index]!);
      seen.folded.set(fold(known), known);
    }
  }
  const folded = fold(key);
  const first = seen.folded.get(folded);
  if (first !== undefined) return first;
  seen.folded.set(folded, key);
  return null;
}

const PLAIN = /^[a-z0-9_]*$/;

/**
 * Upper then lower: folds the Kelvin sign and the long s onto `k` and `s`, which lower-casing alone does not. Letters
 * that become several (`ß`) are no case variants to any parser, so such a key stays as it is.
 */
export function fold(key: string): string {
  if (PLAIN.test(key)) return key;
  const folded = key.toUpperCase().toLowerCase();
  return folded.length === key.length ? folded : key;
}

/** The way to the key whose opening quote stands at `offset`, the key included: for messages, once something is wrong. */
export function pathToKey(source: string, offset: number): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let at = skipBlanks(source, 0);
  let keyNext = false;
  while (at <= offset) {
    const code = source.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      path.push(code === OPEN_BRACE ? "" : 0);
      keyNext = code === OPEN_BRACE;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) path.pop();
    else if (code === COMMA) {
      const last = path.at(-1);
      keyNext = typeof last === "string";
      if (typeof last === "number") path[path.length - 1] = last + 1;
    } else if (code === QUOTE) {
      const close = stringEnd(source, at);
      if (keyNext) path[path.length - 1] = literalText(source, at, close);
      keyNext = false;
      at = close;
      continue;
    }
    at++;
  }
  return path;
}
