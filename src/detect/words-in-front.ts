import { LOOK_BACK, type Window } from "./scan-window.ts";

const NOWHERE = Number.NEGATIVE_INFINITY;
const AT_SIGN = 0x40;

/**
 * Follows a piece of text and tells at little cost that no word in front of a place is one of some that are looked for:
 * every word is looked up once, and not anew for each place behind it.
 */
export class WordsInFront {
  readonly #isWanted: (word: string, previous: string) => boolean;
  #window: Window | null = null;
  /** How far it was read, and where the last thing ends that may be such a word. */
  #at = 0;
  #lastEnd = NOWHERE;
  #previous = "";

  /** `isWanted` gets words of A to Z, small, and the one in front of each; empty: none near by. */
  constructor(isWanted: (word: string, previous: string) => boolean) {
    this.#isWanted = isWanted;
  }

  /** Whether there may be one among the last {@link LOOK_BACK} characters; places come from left to right. */
  mayHold(window: Window, place: number): boolean {
    const { plain, behind } = window;
    if (place > 0 && isLetter(plain.charCodeAt(place - 1))) return true;
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
      // what is an address, or part of another script's word, is none of ours to judge
      if (code >= 0x80 || code === AT_SIGN) this.#lastEnd = at;
      if (!isLetter(code)) continue;
      let isMixed = false;
      for (let next = plain.charCodeAt(at); at < place && isLetter(next); next = plain.charCodeAt(++at)) {
        if (next < 0x61 && plain.charCodeAt(at - 1) >= 0x61) isMixed = true;
      }
      const word = plain.slice(start, at).toLowerCase();
      // capitals within may part it into words
      if (isMixed || this.#isWanted(word, this.#previous)) this.#lastEnd = at;
      this.#previous = word;
    }
    this.#at = place;
    return this.#lastEnd > place - LOOK_BACK;
  }

  /** Keeps nothing of what was read. */
  forget(): void {
    this.#window = null;
  }
}

/** A to Z, small or not. */
function isLetter(code: number): boolean {
  const small = code | 32;
  return small >= 97 && small <= 122;
}
