import { asciiTable } from "../ascii-table.ts";

/** A longer sentence is cut at a blank, or right here. */
const LONGEST = 300;
/** Where a cut looks for its blank. */
const EARLIEST_CUT = 200;
/**
 * Cuts a growing text into sentences: the same ones, whatever pieces it comes in. Holds less than a sentence's longest.
 */
export class SentenceCutter {
  #rest = "";

  /** Takes more of the text; gives the sentences that are complete. */
  push(text: string): readonly string[] {
    const rest = this.#rest + text;
    const complete: string[] = [];
    let from = 0;
    for (;;) {
      const limit = Math.min(rest.length, from + LONGEST);
      let end = endOf(rest, from, limit);
      if (end === 0 && rest.length - from <= LONGEST) break;
      if (end === 0) end = cutOf(rest, from);
      complete.push(rest.slice(from, end));
      from = end;
    }
    this.#rest = from === 0 ? rest : rest.slice(from);
    return complete;
  }

  /** The last sentence, null where none is left. */
  end(): string | null {
    const rest = this.#rest;
    this.#rest = "";
    return rest === "" ? null : rest;
  }
}

function cutOf(text: string, from: number): number {
  const blank = text.lastIndexOf(" ", from + LONGEST - 1);
  return blank >= from + EARLIEST_CUT ? blank + 1 : from + LONGEST;
}

/** Where the first sentence from `from` on ends, blank and all, in front of `limit`; 0: it does not. */
function endOf(text: string, from: number, limit: number): number {
  for (let at = from; at < limit; at++) {
    const kind = kindOf(text.charCodeAt(at));
    if (kind < STOP) continue;
    if (kind === LINE_END) return at + 1;
    let end = at + 1;
    while (end < limit && kindOf(text.charCodeAt(end)) === CLOSE) end++;
    if (end < limit && isBlank(text.charCodeAt(end))) return end + 1;
  }
  return 0;
}

/** What a sentence may have behind its stop, what ends it, and what does so without a blank. */
const CLOSE = 1;
const STOP = 2;
const LINE_END = 3;
const KINDS = asciiTable(["\"')]", CLOSE], [".!?", STOP], ["\n", LINE_END]);
const BLANK = /\s/;
/** The last blank but one, and that one, which takes no place. */
const WIDE_BLANK = 0x3000;
const NO_BREAK = 0xfeff;

/** Whether a character is a blank of any kind; letters of other scripts are told at once. */
const isBlank = (code: number): boolean =>
  code <= WIDE_BLANK ? BLANK.test(String.fromCharCode(code)) : code === NO_BREAK;

function kindOf(code: number): number {
  if (code < 0x80) return KINDS[code]!;
  // most of what is not of ASCII
  if (code > IDEOGRAPHIC_STOP && code < WIDE_EXCLAMATION_MARK) return 0;
  switch (code) {
    case CLOSING_GUILLEMET:
    case CLOSING_QUOTE:
    case CLOSING_DOUBLE_QUOTE:
      return CLOSE;
    case ELLIPSIS:
    case IDEOGRAPHIC_STOP:
    case WIDE_EXCLAMATION_MARK:
    case WIDE_QUESTION_MARK:
      return STOP;
    default:
      return 0;
  }
}

const CLOSING_GUILLEMET = 0xbb;
const CLOSING_QUOTE = 0x2019;
const CLOSING_DOUBLE_QUOTE = 0x201d;
const ELLIPSIS = 0x2026;
const IDEOGRAPHIC_STOP = 0x3002;
const WIDE_EXCLAMATION_MARK = 0xff01;
const WIDE_QUESTION_MARK = 0xff1f;
