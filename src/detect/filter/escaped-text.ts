import type { RuleSet } from "../scan/rules.ts";
import { type Decided, Scanner } from "../scan/scanner.ts";
import { LOOK_BACK } from "../scan/window.ts";
import type { Replacer } from "./replacing.ts";

/** What came of one piece. */
export interface EscapedStep {
  readonly text: string;
  /** Units of the piece that were read. */
  readonly used: number;
  /** Whether the string's closing quote was among them. */
  readonly ended: boolean;
}

/** What stands in front of a string. */
interface InFront {
  /** It is shown to validators. */
  readonly before?: string;
  /** It is read as if it stood in the string, and only what begins in it counts. It is not given back. */
  readonly primer?: string;
  /** With a primer: whether the closing quote is read as if it stood in the string, too. */
  readonly isQuoted?: boolean;
}

const SPECIAL = /["\\]/g;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/**
 * Replaces what is found in the inside of a JSON string, from behind its opening quote. It is scanned as what it says;
 * what is not replaced leaves with the escapes it came with.
 */
export class EscapedText {
  readonly #scanner: Scanner;
  readonly #set: RuleSet;
  readonly #replacer: Replacer;
  /** An escape whose end has not come yet. */
  #open = "";
  /** The held units as they are written, and how long each of them is; null: each is written as itself. */
  #raw = "";
  #widths: number[] | null = null;
  #tail = "";
  /** What it says and has not been scanned yet. */
  #said = "";
  readonly #isPrimed: boolean;
  readonly #closing: string;
  /** How many of the held units stand in front of the string. */
  #primed = 0;
  /** Whether what was found last began in the primer, and whether its marker is written. */
  #isCrossing = false;
  #isMarked = false;

  constructor(set: RuleSet, replacer: Replacer, { before = "", primer = "", isQuoted = false }: InFront) {
    this.#scanner = new Scanner(set, before);
    this.#set = set;
    this.#replacer = replacer;
    this.#isPrimed = primer !== "";
    this.#closing = isQuoted ? '"' : "";
    if (!this.#isPrimed) return;
    this.#scanner.push(primer);
    this.#primed = this.#scanner.heldUnits;
    this.#raw = primer.slice(primer.length - this.#primed);
  }

  /** Begins another string behind `before`, without a primer; this one has ended. */
  again(before: string): this {
    this.#scanner.begin(before);
    this.#tail = "";
    return this;
  }

  get holds(): boolean {
    return this.#open !== "" || this.#scanner.heldUnits > 0;
  }

  /** The last characters it says. */
  get tail(): string {
    return this.#tail;
  }

  /** Reads `piece` from `from` to the closing quote or its end. */
  push(piece: string, from: number): EscapedStep {
    let at = from;
    while (at < piece.length) {
      if (this.#open !== "") {
        this.#open += piece[at]!;
        at++;
        this.#closeEscape();
        continue;
      }
      SPECIAL.lastIndex = at;
      const stop = SPECIAL.exec(piece)?.index ?? piece.length;
      if (stop > at) this.#say(piece.slice(at, stop), null);
      at = stop;
      if (at === piece.length) break;
      at++;
      if (piece[stop] === '"') return { text: `${this.#flushWith(this.#closing)}"`, used: at - from, ended: true };
      this.#open = "\\";
    }
    return { text: this.#scanSaid(), used: at - from, ended: false };
  }

  /** Gives what was held. */
  flush(): string {
    return this.#flushWith("");
  }

  #flushWith(closing: string): string {
    // half an escape stays as it is: the text is cut there
    const open = this.#open;
    this.#open = "";
    return this.#written(this.#scanner.flush(this.#takeSaid() + closing), closing.length) + open;
  }

  #closeEscape(): void {
    const open = this.#open;
    if (open[1] === "u" && open.length < 6 && /^\\u[0-9a-fA-F]*$/.test(open)) return;
    this.#open = "";
    if (open[1] !== "u") this.#say(ESCAPES[open[1]!] ?? open[1]!, open);
    else if (/^\\u[0-9a-fA-F]{4}$/.test(open)) this.#say(String.fromCharCode(Number.parseInt(open.slice(2), 16)), open);
    // no escape after all: its characters stand for themselves
    else this.#say(open, null);
  }

  /** `raw` null: written as it is said. */
  #say(said: string, raw: string | null): void {
    if (raw !== null && this.#widths === null) this.#widths = new Array<number>(this.#raw.length).fill(1);
    if (raw !== null) this.#widths?.push(raw.length);
    else if (this.#widths !== null) for (let unit = 0; unit < said.length; unit++) this.#widths.push(1);
    this.#raw += raw ?? said;
    this.#said += said;
  }

  #scanSaid(): string {
    return this.#written(this.#scanner.push(this.#takeSaid()));
  }

  #takeSaid(): string {
    const said = this.#said;
    this.#said = "";
    this.#tail = said.length >= LOOK_BACK ? said.slice(-LOOK_BACK) : (this.#tail + said).slice(-LOOK_BACK);
    return said;
  }

  /** `behind`: so many of the last units stand behind the string. */
  #written({ text: read, hits }: Decided, behind = 0): string {
    const text = behind === 0 ? read : read.slice(0, -behind);
    if (text === "") return "";
    const lead = Math.min(this.#primed, text.length);
    this.#primed -= lead;
    this.#take(lead);
    let out = "";
    let at = lead;
    for (const hit of hits) {
      if (!hit.continued) {
        this.#isCrossing = hit.start < lead;
        this.#isMarked = false;
      }
      const [start, end] = [Math.max(hit.start, lead), Math.min(hit.end, text.length)];
      if (end <= start || (this.#isPrimed && !this.#isCrossing)) continue;
      out += this.#take(start - at);
      this.#take(end - start);
      const rule = this.#set.rules[hit.rule]!;
      const value = text.slice(start, end);
      const marker = this.#isMarked ? this.#replacer.rest(rule, value) : this.#replacer.replace(rule, value);
      this.#isMarked = true;
      out += JSON.stringify(marker).slice(1, -1);
      at = end;
    }
    out += this.#take(text.length - at);
    if (this.#raw === "") this.#widths = null;
    return out;
  }

  /** The next `units` as they are written. */
  #take(units: number): string {
    const length = this.#widths === null ? units : this.#widths.splice(0, units).reduce((sum, width) => sum + width, 0);
    const taken = this.#raw.slice(0, length);
    this.#raw = this.#raw.slice(length);
    return taken;
  }
}
