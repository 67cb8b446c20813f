import { isRole } from "./recognisers/_person-roles.ts";
import { SqlRows } from "./sql-rows.ts";

/** A row of names of columns: which sign parts them, and the names; a table's head, or nothing of the kind. */
interface Head {
  readonly sign: string;
  readonly names: readonly string[];
  /** What forms call a column of names of people who are at hand, and not famous, of where they live, or of passwords; null: it is none. */
  readonly people: readonly (string | null)[];
}

const SIGNS = ["\t", ";", "|", ","];
/** A longer line is no row that anybody has named the columns of. */
const LONGEST_LINE = 500;
const LONGEST_NAME = 40;
const MOST_COLUMNS = 32;
const LETTER = /\p{L}/u;
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
// Columns of persons, in any table; of names that may be theirs, in a register; and what makes a table one.
const PERSONAL =
  /^(?:(?:first|last|sur|given|family|full|patient|employee|applicant|tenant|customer|client|contact)[ _.-]?name|surname|vor-?name|nach-?name|familien-?name|patient(?:in|e)?|passenger|(?:account|card|policy)[ _-]?holder|pr[ée]nom|nom[ _](?:complet|de[ _]famille)|nombre[ _](?:completo|y[ _]apellidos)|apellidos?|volledige[ _]naam|vollst(?:ä|ae)ndiger name|nom[ _]et[ _]pr[ée]nom|cognome[ _]e[ _]nome|vor-?[ _]und[ _]nachname|name, ?vorname|apellidos[ _]y[ _]nombre|nome[ _](?:completo|pr[óo]prio|e[ _]cognome)|cognome|apelido|achternaam|voornaam|imi[ęe](?:[ _]i[ _]nazwisko)?|nazwisko(?:[ _]i[ _]imi[ęe])?|f[öo]rnamn|efternamn|fornavn|etternavn|etunimi|sukunimi|prenume)$/iu;
const NAME =
  /^(?:name|nom|nombre|nome|naam|kund(?:e|in)|client[ei]?|customer|klant|employee|contact|kontakt|mitarbeiter(?:in)?|employ[ée]e?|empleado|dipendente|medewerker|pracownik|user|person|student|member|mitglied)$/iu;
const HOME =
  /^(?:(?:(?:home|street|postal|mailing|billing|shipping|delivery)[ _-]?)?address(?:[ _-]?(?:line[ _-]?)?1)?|street(?:[ _-]?name)?|stra(?:ß|ss)e(?: (?:und|&|\+) (?:hausnummer|haus-?nr\.?|nr\.?))?|calle y n[úu]mero|via e (?:numero|n\.)(?: civico)?|(?:wohn|liefer|rechnungs)?(?:anschrift|adresse)|rue|direcci[oó]n|domicilio|calle|indirizzo|residenza|morada|endere[çc]o|rua|adres|straat|ulica)$/iu;
const GIVEN = /^(?:(?:first|given)[ _.-]?name|vorname|pr[ée]nom|voornaam|imi[ęe])$/iu;
// Beside these a column of names has given ones, or whole ones of people.
const FAMILY =
  /^(?:(?:last|sur|family)[ _.-]?name|surname|(?:nach|familien)-?name|nom[ _]de[ _]famille|apellidos?|cognome|apelido|achternaam|nazwisko)$/iu;
const PRIVATE =
  /^(?:dob|date[ _]of[ _]birth|birth[ _-]?(?:date|day)|geburts(?:datum|tag)|date[ _]de[ _]naissance|fecha[ _]de[ _]nacimiento|data[ _]d[ei][ _]nas(?:cita|cimento)|geboortedatum|data[ _]urodzenia|ssn|nino|pesel|bsn|dni|nie|nir|cpr|steuer-?id|codice[ _]fiscale|personnummer|national[ _]id|passport(?:[ _](?:no\.?|number))?|salary|gehalt)$/iu;
const REACHING =
  /^(?:(?:e-?mail|mail|correo|courriel)(?:[ _-]?(?:address|adresse))?|(?:(?:mobile|cell|work|home)[ _-]?)?(?:tele)?(?:phone|fon)(?:[ _-]?(?:number|nummer|no\.?))?|tel\.?|t[ée]l[ée]phone|tel[ée]fono|telefone|telefoon|telefon|mobile?|handy|password|passwor[td]|dob|date of birth|birth[ _-]?(?:date|day)|geburts(?:datum|tag)|ssn|iban|(?:home |street )?address|anschrift|adresse|salary|gehalt|geb\.?(?:[ -]?dat(?:um|\.)?)?|birth|naissance|nacimiento|nascita|nascimento|ur\.|pesel|bsn|dni|nie|nir|nif|cpr|ahv|steuer-?id|codice fiscale|personnummer|national[ _]id|passport(?:[ _](?:no\.?|number))?|pass(?:nummer|-nr\.?)|(?:personal|private|home|work|mobile|cell) (?:e-?mail|phone|tel\.?|address)|(?:e-?mail|tel\.?|t[ée]l\.?|telefon[oe]?|telefoon|t[ée]l[ée]phone|mail|handy|mobile?|correo|courriel)[ .-]+(?:\p{L}\.? ?){2,20})$/iu;
const DECORATION = /^[\s"'*_`]+|[\s"'*_`]+$/g;

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
    return `${line.slice(this.#previous, this.#cell - 1).replaceAll(DECORATION, "")}: ${cell}`;
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

const NUMBERED = /(?<=\p{L}[ _-])\d$/u;

/** The names in a line: two or more, of a few words each, all with letters and none with figures. */
function headOf(line: string): Head | null {
  if (line.length < 3 || line.length > LONGEST_LINE || !LETTER.test(line)) return null;
  for (const sign of SIGNS) {
    if (!line.includes(sign)) continue;
    // prose has a blank behind its commas
    if (sign === "," && line.includes(", ") && !isRegister(line)) return null;
    const names = line.split(sign).map((cell) => cell.replaceAll(DECORATION, ""));
    // Markdown has an empty cell on both sides
    const inner = sign === "|" ? names.slice(names[0] === "" ? 1 : 0, names.at(-1) === "" ? -1 : undefined) : names;
    if (inner.length < 2 || inner.length > MOST_COLUMNS || !inner.every(isName)) return null;
    return { sign, names, people: peopleOf(names) };
  }
  return null;
}

/** Names alone may be anybody's: beside them must stand how to reach them, what they alone know, or their given names. */
function peopleOf(names: readonly string[]): readonly (string | null)[] {
  const other = names.some((name) => GIVEN.test(name) || FAMILY.test(name) || PRIVATE.test(name))
    ? "last name"
    : names.some((name) => REACHING.test(name))
      ? "name"
      : null;
  return names.map((name) =>
    PERSONAL.test(name) || HOME.test(name) || (other !== null && isRole(`${name}: `))
      ? name
      : NAME.test(name)
        ? other
        : null,
  );
}

/** A name of a register's column is no longer, with the blank in front of it. */
const LONGEST_LABEL = 24;

/** First of all by the length of what stands between commas: most lines of prose are long there. */
function isRegister(line: string): boolean {
  for (let at = 0; at <= line.length; ) {
    const next = line.indexOf(",", at);
    const end = next < 0 ? line.length : next;
    if (end - at > LONGEST_LABEL) return false;
    at = end + 1;
  }
  return line.split(",").every(isOfRegister);
}

function isOfRegister(cell: string): boolean {
  const name = cell.trim();
  return PERSONAL.test(name) || NAME.test(name) || REACHING.test(name);
}

function isName(cell: string): boolean {
  // Address line 1
  return cell.length <= LONGEST_NAME && LETTER.test(cell) && !/\d/.test(cell.replace(NUMBERED, ""));
}
