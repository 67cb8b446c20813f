const OPEN = 0x28;
const CLOSE = 0x29;
const QUOTE = 0x27;
const COMMA = 0x2c;
/** A longer head of an INSERT has names that nobody reads. */
const LONGEST_HEAD = 600;
/** `INSERT INTO people (name, birth_date) VALUES (` as it ends at the bracket. */
const HEAD = /\(([^()]{2,500})\)\s*values\s*$/i;
/** How much in front of a bracket shows whether it is a row's. */
const NEAR = 16;
const VALUES = /\)\s*values\s*$/i;
const DECORATION = /^[\s"'`[]+|[\s"'`\]]+$/g;
const BETWEEN_ROWS = /[\s,]/;

/**
 * Reads along a text that comes in pieces and tells which column of an `INSERT INTO … (…) VALUES (…), (…)` a place stands
 * in. Linear in the text; keeps the end of what it has read.
 */
export class SqlRows {
  #at = 0;
  #open = -1;
  /** The end of the pieces before. */
  #behind = "";
  #names: readonly string[] = [];
  /** How many brackets are open in the row; 0: between rows. */
  #depth = 0;
  #column = 0;
  #isQuoted = false;
  #cell = "";

  /** Whether rows are being read. */
  get isReading(): boolean {
    return this.#names.length > 0;
  }

  /** The names of the columns. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The column that was read to and what stands in its cell; null outside of rows. */
  get place(): { readonly column: number; readonly cell: string } | null {
    return this.#depth > 0 ? { column: this.#column, cell: this.#cell } : null;
  }

  /** Reads the piece up to a place, never one before it. */
  readTo(text: string, to: number): void {
    while (this.#at < to) {
      if (this.#names.length > 0) this.#readRow(text, to);
      else {
        const open = this.#nextOpen(text);
        if (open >= to) {
          this.#at = to;
          return;
        }
        this.#at = open + 1;
        this.#begin(text, open);
      }
    }
  }

  /** The piece was read to its end, or so far: another one follows. */
  nextPiece(text: string, to: number): void {
    this.readTo(text, to);
    this.#behind = (this.#behind + text.slice(Math.max(0, to - LONGEST_HEAD), to)).slice(-LONGEST_HEAD);
    this.#at = 0;
    this.#open = -1;
  }

  /** Another text begins. */
  reset(): void {
    this.#at = 0;
    this.#open = -1;
    this.#behind = "";
    this.#names = [];
    this.#depth = 0;
  }

  /** Where the next bracket opens: looked up once for all the places in front of it. */
  #nextOpen(text: string): number {
    if (this.#open < this.#at) {
      const open = text.indexOf("(", this.#at);
      this.#open = open < 0 ? Number.POSITIVE_INFINITY : open;
    }
    return this.#open;
  }

  /** Begins a row where a bracket opens behind the head of an INSERT. */
  #begin(text: string, open: number): void {
    const near = open >= NEAR ? text.slice(open - NEAR, open) : (this.#behind + text.slice(0, open)).slice(-NEAR);
    if (!VALUES.test(near)) return;
    const front = text.slice(Math.max(0, open - LONGEST_HEAD), open);
    const head = HEAD.exec((this.#behind + front).slice(-LONGEST_HEAD));
    if (head === null) return;
    this.#names = head[1]!.split(",").map((name) => name.replaceAll(DECORATION, ""));
    this.#depth = 1;
    this.#startCell(0);
  }

  #readRow(text: string, to: number): void {
    for (; this.#at < to; this.#at++) {
      const code = text.charCodeAt(this.#at);
      if (this.#depth === 0) {
        if (code === OPEN) {
          this.#depth = 1;
          this.#startCell(0);
        } else if (!BETWEEN_ROWS.test(text[this.#at]!)) {
          this.#names = [];
          return;
        }
        continue;
      }
      if (code === QUOTE) this.#isQuoted = !this.#isQuoted;
      else if (!this.#isQuoted) {
        if (code === OPEN) this.#depth++;
        else if (code === CLOSE) this.#depth--;
        else if (code === COMMA && this.#depth === 1) {
          this.#startCell(this.#column + 1);
          continue;
        }
      }
      if (this.#cell.length < LONGEST_HEAD) this.#cell += text[this.#at]!;
    }
  }

  #startCell(column: number): void {
    this.#column = column;
    this.#isQuoted = false;
    this.#cell = "";
  }
}
