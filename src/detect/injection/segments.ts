import { asciiTable } from "../ascii-table.ts";

/** Shorter ones are read together with what follows: "Hi David." says nothing alone. */
const SHORTEST = 24;
/** Longer ones are parted at a blank. */
const LONGEST = 160;

/**
 * Where the sentences of a text end, or what stands for sentences in it: lines, cells of a table, strings of JSON, text
 * between tags. Into `ends`, which must have room for one of every {@link SHORTEST} characters and one more; gives how
 * many there are. The last one ends where the text does.
 */
export function segmentEnds(text: string, ends: Int32Array): number {
  const { length } = text;
  let count = 0;
  let start = 0;
  let blank = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === BLANK) blank = at;
    const size = at + 1 - start;
    if (size < SHORTEST) continue;
    if (endsSegment(code, text, at)) start = at + 1;
    else if (size >= LONGEST) start = blank - start >= SHORTEST ? blank + 1 : at + 1;
    else continue;
    ends[count++] = start;
  }
  // a bracket or a full stop that is left over belongs to what stands before
  if (length - start < SHORTEST && count > 0) ends[count - 1] = length;
  else if (start < length) ends[count++] = length;
  return count;
}

/** Room that {@link segmentEnds} needs. */
export const segmentRoom = (length: number): number => Math.ceil(length / SHORTEST) + 1;

/** Characters of a block, at most; windows over what people say are made of blocks. */
export const BLOCK = 50;
/** A block that has so many ends where its line does, so that a paragraph begins and ends with windows. */
const SHORTEST_BLOCK = 25;

/** Where the block that begins at `start` ends. */
export function blockEnd(text: string, start: number): number {
  const end = Math.min(text.length, start + BLOCK);
  for (let at = start + SHORTEST_BLOCK - 1; at < end; at++) if (text.charCodeAt(at) === LINE_END) return at + 1;
  return end;
}

/** Room for the blocks of a text. */
export const blockRoom = (length: number): number => Math.ceil(length / SHORTEST_BLOCK) + 1;

const BLANK = 32;
const LINE_END = 10;
const QUOTE = 34;
const IDEOGRAPHIC_STOP = "。".charCodeAt(0);
/** What a sign is: a border, the end of a sentence, the end of a line, a quotation mark. */
const BORDER = 1;
const SENTENCE = 2;
const LINE = 3;
const QUOTED = 4;
const KINDS = asciiTable(["|<>{}", BORDER], [".!?;", SENTENCE], ["\n", LINE], ['"', QUOTED]);
/** Signs of JSON that a string ends in front of. */
const JSON_SIGNS = asciiTable([",:]}", 1]);

function endsSegment(code: number, text: string, at: number): boolean {
  const kind = code < 0x80 ? KINDS[code]! : code === IDEOGRAPHIC_STOP ? SENTENCE : 0;
  if (kind <= BORDER) return kind === BORDER;
  const next = text.charCodeAt(at + 1);
  if (kind === LINE) return !(next >= 97 && next <= 122);
  if (kind === SENTENCE) return !(next > BLANK) || next === QUOTE;
  return next < 0x80 && JSON_SIGNS[next] === 1;
}
