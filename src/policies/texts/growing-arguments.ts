import { MAX_DEPTH } from "../../lib/json/depth.ts";
import type { TextSink } from "./growing-texts.ts";

const SPECIAL = /["\\]/g;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
/** What stands outside of strings: marks, blanks, numbers, true, false and null. */
const OUTSIDE = /[\s\d:,+.\-eEtrufalsn]/;

/**
 * Reads the arguments of a tool call as they grow, as whole ones are read: as the text they are and, where they are
 * JSON, also each string in them by itself, unescaped. From the first character that JSON cannot have at its place,
 * only the text as it is is read on.
 */
export class GrowingArguments implements TextSink {
  readonly #all: TextSink;
  readonly #open: () => TextSink | null;
  /** The containers that are open, outermost first; null: this is no JSON, or all of it has been read. */
  #containers: string | null = "";
  /** Whether the next string of an object is a key, which says nothing by itself. */
  #expectsKey = false;
  #inString = false;
  /** An escape whose end has not come yet. */
  #escape = "";
  /** Who reads the string that is open; null: nobody, or it has been empty so far. */
  #text: TextSink | null = null;

  /** `all` reads them as they stand; `open` makes the reader of one text among them. */
  constructor(all: TextSink, open: () => TextSink | null) {
    this.#all = all;
    this.#open = open;
  }

  push(piece: string): void {
    this.#all.push(piece);
    let at = 0;
    while (at < piece.length && this.#containers !== null) {
      at = this.#inString ? this.#string(piece, at) : this.#between(piece, at);
    }
  }

  end(): void {
    this.#all.end();
    this.#endText();
  }

  #between(piece: string, at: number): number {
    const mark = piece[at]!;
    const open = this.#containers!;
    if (mark === "{" || mark === "[") {
      this.#containers = open.length < MAX_DEPTH ? open + mark : null;
      this.#expectsKey = mark === "{";
    } else if (mark === "}" || mark === "]") {
      this.#containers = open.length > 1 ? open.slice(0, -1) : null;
    } else if (open === "") {
      if (mark.trim() !== "") this.#containers = null;
    } else if (mark === '"') this.#inString = true;
    else if (mark === ",") this.#expectsKey = open.endsWith("{");
    else if (mark === ":") this.#expectsKey = false;
    else if (!OUTSIDE.test(mark)) this.#containers = null;
    return at + 1;
  }

  #string(piece: string, from: number): number {
    let said = "";
    let at = from;
    while (at < piece.length && this.#inString) {
      if (this.#escape !== "") {
        this.#escape += piece[at]!;
        at++;
        said += this.#unescaped();
        continue;
      }
      SPECIAL.lastIndex = at;
      const stop = SPECIAL.exec(piece)?.index ?? piece.length;
      said += piece.slice(at, stop);
      at = stop + 1;
      if (piece[stop] === '"') this.#inString = false;
      else if (piece[stop] === "\\") this.#escape = "\\";
    }
    this.#say(said);
    if (!this.#inString) this.#endText();
    return at;
  }

  /** What the open escape says once it is complete; nothing before. */
  #unescaped(): string {
    const open = this.#escape;
    const [, sign = ""] = open;
    if (sign === "u" && open.length < 6) return "";
    this.#escape = "";
    if (sign !== "u") return ESCAPES[sign] ?? sign;
    return String.fromCharCode(Number.parseInt(open.slice(2), 16) || 0);
  }

  #say(said: string): void {
    if (said === "" || this.#expectsKey) return;
    this.#text ??= this.#open();
    this.#text?.push(said);
  }

  #endText(): void {
    const text = this.#text;
    this.#text = null;
    text?.end();
  }
}
