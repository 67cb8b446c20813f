import { TONGUES, tongueOf } from "../safety/tongue.ts";
import { HOMOGRAPHS, ORDINARY_SHIFT } from "./vocabulary.ts";

/** A sentence tells its language within so many characters. */
const TOLD_WITHIN = 160;
/** Sentences that begin nearer to one whose language is known are taken to be in it: a text may be all points. */
const NEAR = 32;
/** The bit of each language that sentences are told to be in. */
const BITS = TONGUES.map((tongue) => {
  const at = HOMOGRAPHS.indexOf(tongue);
  return at < 0 ? 0 : 1 << (ORDINARY_SHIFT + at);
});

/**
 * Tells where a word that one language has for an intent is an ordinary one of another: French `du` is no German "you".
 * The language is asked for at most once per sentence, and only of sentences that hold such a word.
 */
export class Homographs {
  #sentence = 0;
  /** The sentence whose language was asked for last, and the bit of that language (0: none of those that matter). */
  #asked = -NEAR;
  #bit = 0;

  /** A new text begins. */
  begin(): void {
    this.#sentence = 0;
    this.#asked = -NEAR;
  }

  /** A sentence begins at a character. */
  sentenceAt(start: number): void {
    this.#sentence = start;
  }

  /** Whether a word with this packed set is an ordinary one in the language of its sentence, in a text that ends at `end`. */
  isOrdinary(set: number, columns: Int8Array, end: number): boolean {
    const start = this.#sentence;
    if (start - this.#asked >= NEAR) {
      this.#asked = start;
      this.#bit = BITS[tongueOf(columns, Math.min(end, start + TOLD_WITHIN), start)] ?? 0;
    }
    return (set & this.#bit) !== 0;
  }
}
