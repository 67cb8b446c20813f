import { columnsOf } from "../injection/columns.ts";
import { blockEnd } from "../injection/segments.ts";
import { GAP, lookUp, vocabulary } from "../injection/vocabulary.ts";

/** A text in which something was undone in its place, with everything around it kept. */
export interface Rewriting {
  readonly text: string;
  /** Where it says something else than before: begin and end in `text` of each stretch, in order. */
  changed(): readonly number[];
}

/** The text with each match of a pattern (a global one) undone. */
export function rewritten(source: string, pattern: RegExp, undo: (match: RegExpExecArray) => string): Rewriting {
  const changed: number[] = [];
  let text = "";
  let from = 0;
  for (const match of source.matchAll(pattern)) {
    const plain = undo(match);
    text += source.slice(from, match.index);
    if (plain !== match[0]) changed.push(text.length, text.length + plain.length);
    text += plain;
    from = match.index + match[0].length;
  }
  return { text: text + source.slice(from), changed: () => changed };
}

/** A reading of nearly as much says what the whole does, and is not cut. */
const NEARLY_ALL = 0.75;

/**
 * What stands around the changed stretches of a text, so many characters on either side and more up to the ends of its
 * blocks, with its head and its end; null where that is nearly all of it, empty where nothing is changed. Its blocks are
 * those of the text, each but the last part ending with a line end in place of its last character: windows over them say
 * what they say of the text.
 */
export function partsAround(text: string, changed: readonly number[], reach: number): string | null {
  if (changed.length === 0) return "";
  const parts = inBlocks(text, stretchesAround(text, changed, reach));
  let size = 0;
  for (let at = 0; at < parts.length; at += 2) size += parts[at + 1]! - parts[at]!;
  if (size > NEARLY_ALL * text.length) return null;
  let cut = "";
  for (let at = 0; at < parts.length; at += 2) {
    const [start, end] = [parts[at]!, parts[at + 1]!];
    cut += at + 2 < parts.length ? `${text.slice(start, end - 1)}\n` : text.slice(start, end);
  }
  return cut;
}

/** Begin and end of what is to be kept, in order and apart; with one more character at the end of each. */
function stretchesAround(text: string, changed: readonly number[], reach: number): readonly number[] {
  const parts: number[] = [0, Math.min(reach + 1, text.length)];
  const add = (start: number, end: number): void => {
    if (start > parts[parts.length - 1]!) parts.push(start, end);
    else parts[parts.length - 1] = Math.max(parts[parts.length - 1]!, end);
  };
  for (let at = 0; at < changed.length; at += 2) {
    add(changed[at]! - reach, Math.min(text.length, changed[at + 1]! + reach + 1));
  }
  add(Math.max(0, text.length - reach), text.length);
  return parts;
}

/** The blocks of a text that hold any of these stretches, as stretches. */
function inBlocks(text: string, stretches: readonly number[]): readonly number[] {
  const parts: number[] = [];
  let at = 0;
  for (let start = 0; start < text.length; ) {
    const end = blockEnd(text, start);
    while (at < stretches.length && stretches[at + 1]! <= start) at += 2;
    if (at < stretches.length && stretches[at]! < end) {
      if (parts[parts.length - 1] === start) parts[parts.length - 1] = end;
      else parts.push(start, end);
    }
    start = end;
  }
  return parts;
}

/** The runs of letters of a text, as long as the one it was made from, that are other ones than there. */
export function changedWords(source: string, text: string): readonly number[] {
  const changed: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) === source.charCodeAt(at)) continue;
    let start = at;
    let end = at;
    while (start > 0 && isLetter(text.charCodeAt(start - 1))) start--;
    while (end < text.length && isLetter(text.charCodeAt(end))) end++;
    if (end === start) continue;
    changed.push(start, end);
    at = end;
  }
  return changed;
}

/** A word of so many letters tells by itself that a stretch is language; shorter ones do so two together, no further apart. */
const TELLING = { letters: 4, shortest: 3, together: 40 } as const;

/** Of changed stretches those that hold a word somebody knows: letters and figures by lot come to others, and say nothing. */
export function knownAmong(text: string, changed: readonly number[]): readonly number[] {
  if (columns.length <= text.length) columns = new Int8Array(2 * text.length);
  columnsOf(text, columns);
  const known: number[] = [];
  let short = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < changed.length; at += 2) {
    const [start, end] = [changed[at]!, changed[at + 1]!];
    const letters = longestKnown(start, end);
    if (letters < TELLING.shortest) continue;
    if (letters >= TELLING.letters || start - short <= TELLING.together) known.push(start, end);
    short = end;
  }
  return known;
}

/** The text's characters as columns of the vocabulary. */
let columns = new Int8Array(4096);

/** How many letters the longest known word of a stretch has. */
function longestKnown(from: number, to: number): number {
  let most = 0;
  for (let at = from; at < to; at++) {
    const start = at;
    while (at < to && isLetterColumn(columns[at]!)) at++;
    if (at - start < TELLING.shortest || at - start <= most) continue;
    if (lookUp(vocabulary(), columns, { start, end: at }) !== 0) most = at - start;
  }
  return most;
}

const isLetterColumn = (column: number): boolean => column >= 0 && column < GAP;

/** A to Z, small or not. */
function isLetter(code: number): boolean {
  const small = code | 32;
  return small >= 97 && small <= 122;
}
