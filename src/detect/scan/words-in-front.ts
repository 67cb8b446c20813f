import { LOOK_BACK, type Window } from "./window.ts";

const NOWHERE = Number.NEGATIVE_INFINITY;
const AT_SIGN = 0x40;

/**
 * Follows a piece of text and tells at little cost that no word in front of a place is one of some that are looked for:
 * every word is looked up once, and not anew for each place behind it.
 */
export class WordsInFront {
  readonly #unlessWanted: (run: string, previous: string) => string | null;
  #window: Window | null = null;
  /** How far it was read, and where the last thing ends that may be such a word. */
  #at = 0;
  #lastEnd = NOWHERE;
  #previous = "";

  /**
   * `unlessWanted` gets runs of letters and of what is beyond ASCII, and the word in front of each (empty: none near by);
   * it gives null where one of their words may be wanted, else the word that is in front of the next run.
   */
  constructor(unlessWanted: (run: string, previous: string) => string | null) {
    this.#unlessWanted = unlessWanted;
  }

  /** Whether there may be one among the last {@link LOOK_BACK} characters; places come from left to right. */
  mayHold(window: Window, place: number): boolean {
    const { plain, behind } = window;
    if (this.#window !== window || place < this.#at) {
      this.#window = window;
      this.#at = 0;
      this.#previous = "";
      this.#lastEnd = behind === "" ? NOWHERE : 0;
    }
    let at = Math.max(this.#at, place - LOOK_BACK);
    if (at !== this.#at) this.#previous = "";
    while (at < place) {
      const start = at;
      const code = plain.charCodeAt(at++);
      // what is an address is left out when it is read
      if (code === AT_SIGN) this.#lastEnd = at;
      if (!isOfWord(code)) continue;
      while (at < place && isOfWord(plain.charCodeAt(at))) at++;
      const word = this.#unlessWanted(plain.slice(start, at), this.#previous);
      if (at === place && isOfWord(plain.charCodeAt(place))) {
        // only its beginning stands in front of the place
        this.#at = start;
        return word === null || this.#lastEnd > place - LOOK_BACK;
      }
      if (word === null) this.#lastEnd = at;
      this.#previous = word ?? "";
    }
    this.#at = place;
    return this.#lastEnd > place - LOOK_BACK;
  }

  /** Keeps nothing of what was read. */
  forget(): void {
    this.#window = null;
  }
}

/** Whether a unit is A to Z, small or not, or beyond ASCII. */
export function isOfWord(code: number): boolean {
  const small = code | 32;
  return (small >= 97 && small <= 122) || code >= 0x80;
}
