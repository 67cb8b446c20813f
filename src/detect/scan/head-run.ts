import type { Head } from "../recognisers/recogniser.ts";

/** Looks up once for all the places of a run of common characters whether it ends as a {@link Head} must. */
export class HeadRun {
  readonly #head: Head;
  /** From where to where the last one goes. */
  #from = 0;
  #end = 0;

  constructor(head: Head) {
    this.#head = head;
  }

  /** Whether the run from the place on ends as it must, as far as it can be seen. */
  mayEnd(plain: string, start: number): boolean {
    const { most, has, mayFollow } = this.#head;
    if (start < this.#from || start >= this.#end) {
      let at = start;
      while (at < plain.length && plain.charCodeAt(at) < 0x80 && has(plain.charCodeAt(at))) at++;
      this.#from = start;
      this.#end = at;
    }
    const end = this.#end;
    const isAsciiEnd = end < plain.length && plain.charCodeAt(end) < 0x80;
    return end - start <= most && (!isAsciiEnd || mayFollow(plain, end));
  }

  /** Another text begins. */
  forget(): void {
    this.#end = 0;
  }
}
