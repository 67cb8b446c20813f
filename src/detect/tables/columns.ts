import { bareCell, type Head, headOf, LONGEST_LINE, peopleOf } from "./heads.ts";
import { SqlRows } from "./sql-rows.ts";

/** Of Markdown, between the names and the first row. */
const RULE = /^[\s|:-]+$/;
// Names of the column that has what the cell in front of it names.
const VALUES = new Set(
  [
    "value values wert werte valor valores valore valori valeur valeurs waarde waarden wartość wartości data daten content inhalt",
    "contenido contenu contenuto conteúdo inhoud treść details detail détails detalle dettaglio angabe angaben eintrag entry answer",
    "antwort respuesta réponse risposta resposta antwoord odpowiedź information info dato dati donnée données dado gegevens dane",
  ]
    .join(" ")
    .split(" "),
);

/**
 * Reads along a text that comes in pieces and tells which column of a table a place stands in: rows of CSV, of Markdown
 * and of what is pasted from a sheet have what their values are in the first line alone, which may be far away. Linear
 * in the text, and keeps two lines at most.
 */
export class TableColumns {
  /** How far the present piece is read. */
  #at = 0;
  /** Where its next line ends; -1 where that is not known. */
  #lineEnd = -1;
  /** What the pieces before it hold of the line, and where that goes on in this one. */
  #carried = "";
  #lineStart = 0;
  #head: Head | null = null;
  /** The cell that the line ends in, where it and the one before it begin, and whether quotation marks are open. */
  #column = 0;
  #cell = 0;
  #previous = 0;
  #isQuoted = false;
  readonly #sql = new SqlRows();
  /** As {@link Head.people}, of the rows of an INSERT. */
  #inserted: { readonly names: readonly string[]; readonly people: Head["people"] } = { names: [], people: [] };

  /** Whether the line is one of a table, or rows are inserted into one. */
  get isInTable(): boolean {
    return this.#head !== null || this.#sql.isReading;
  }

  /** Reads the piece up to a place, never one before it. */
  readTo(text: string, to: number): void {
    this.#sql.readTo(text, to);
    while (this.#at < to) {
      if (this.#lineEnd < this.#at) this.#lineEnd = endOfLine(text, this.#at);
      const end = Math.min(this.#lineEnd, to);
      if (this.#head !== null) this.#readCells(this.#head, text, end);
      this.#at = end;
      if (end === to) return;
      this.#endLine(text);
      this.#at = end + 1;
      this.#lineStart = end + 1;
    }
  }

  /**
   * The name of the column that was read to, and what stands in its cell; null outside of tables. Without a colon: that
   * is how forms are filled in, and tables list the winners of races. A table of names and values is such a form.
   */
  front(text: string): string | null {
    if (this.#sql.place !== null) return this.#frontOfInserted(this.#sql.place);
    const name = this.#head?.names[this.#column] ?? "";
    if (name === "") return null;
    const line = this.#line(text);
    const cell = line.slice(this.#cell);
    const person = this.#head?.people[this.#column];
    if (person != null) return `${person}: ${cell.trimStart()}`;
    if (this.#column === 0 || !VALUES.has(name.toLowerCase())) return `${name} ${cell}`;
    return `${bareCell(line.slice(this.#previous, this.#cell - 1))}: ${cell}`;
  }

  #frontOfInserted({ column, cell }: { readonly column: number; readonly cell: string }): string | null {
    const { names } = this.#sql;
    if (this.#inserted.names !== names) this.#inserted = { names, people: peopleOf(names) };
    const name = names[column] ?? "";
    if (name === "") return null;
    const person = this.#inserted.people[column];
    return `${person == null ? name : `${person}:`} ${cell.trimStart()}`;
  }

  /** The piece was read to its end, or so far: another one follows. */
  nextPiece(text: string, to: number): void {
    this.readTo(text, to);
    this.#sql.nextPiece(text, to);
    if (this.#carried.length <= LONGEST_LINE) this.#carried = this.#line(text);
    this.#at = 0;
    this.#lineEnd = -1;
    this.#lineStart = 0;
  }

  /** Another text begins. */
  reset(): void {
    this.#sql.reset();
    this.#at = 0;
    this.#lineEnd = -1;
    this.#lineStart = 0;
    this.#head = null;
    this.#startLine();
  }

  /** The line as far as it is read. */
  #line(text: string): string {
    return this.#carried + text.slice(this.#lineStart, this.#at);
  }

  #readCells({ sign }: Head, text: string, end: number): void {
    const offset = this.#carried.length - this.#lineStart;
    if (offset + end > LONGEST_LINE) {
      this.#head = null;
      return;
    }
    for (let at = this.#at; at < end; at++) {
      const character = text[at];
      if (character === '"') this.#isQuoted = !this.#isQuoted;
      else if (character === sign && !this.#isQuoted) {
        this.#column++;
        this.#previous = this.#cell;
        this.#cell = offset + at + 1;
      }
    }
  }

  #endLine(text: string): void {
    // a longer one has no names
    const isLong = this.#carried.length + this.#at - this.#lineStart > LONGEST_LINE;
    const line = isLong ? "" : this.#line(text);
    const isRow = this.#head !== null && (this.#column === this.#head.names.length - 1 || RULE.test(line));
    if (!isRow) this.#head = headOf(line);
    this.#startLine();
  }

  #startLine(): void {
    this.#carried = "";
    this.#column = 0;
    this.#cell = 0;
    this.#previous = 0;
    this.#isQuoted = false;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? Number.POSITIVE_INFINITY : end;
}
