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
    if (end < limit && BLANK.test(text.charAt(end))) return end + 1;
  }
  return 0;
}

/** What a sentence may have behind its stop, what ends it, and what does so without a blank. */
const CLOSE = 1;
const STOP = 2;
const LINE_END = 3;
const KINDS = asciiTable(["\"')]", CLOSE], [".!?", STOP], ["\n", LINE_END]);
const BLANK = /\s/;

function kindOf(code: number): number {
  if (code < 0x80) return KINDS[code]!;
  if (code < 0xbb || (code > 0xbb && code < 0x2019)) return 0;
  return CLOSES.has(code) ? CLOSE : STOPS.has(code) ? STOP : 0;
}

const CLOSES: ReadonlySet<number> = new Set([..."»”’"].map((sign) => sign.charCodeAt(0)));
const STOPS: ReadonlySet<number> = new Set([..."…。！？"].map((sign) => sign.charCodeAt(0)));
