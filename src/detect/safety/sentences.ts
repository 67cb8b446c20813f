/** A longer sentence is cut at a blank, or right here. */
const LONGEST = 300;
/** Where a cut looks for its blank. */
const EARLIEST_CUT = 200;
const END = /[.!?…。！？]["'»”’)\]]*\s|\n/u;

/**
 * Cuts a growing text into sentences: the same ones, whatever pieces it comes in. Holds less than a sentence's longest.
 */
export class SentenceCutter {
  #rest = "";

  /** Takes more of the text; gives the sentences that are complete. */
  push(text: string): readonly string[] {
    this.#rest += text;
    const complete: string[] = [];
    let rest = this.#rest;
    for (;;) {
      const head = rest.length > LONGEST ? rest.slice(0, LONGEST) : rest;
      const found = END.exec(head);
      if (found === null && rest.length <= LONGEST) break;
      const at = found === null ? cutOf(head) : found.index + found[0].length;
      complete.push(rest.slice(0, at));
      rest = rest.slice(at);
    }
    this.#rest = rest;
    return complete;
  }

  /** The last sentence, null where none is left. */
  end(): string | null {
    const rest = this.#rest;
    this.#rest = "";
    return rest === "" ? null : rest;
  }
}

function cutOf(head: string): number {
  const blank = head.lastIndexOf(" ");
  return blank >= EARLIEST_CUT ? blank + 1 : LONGEST;
}
