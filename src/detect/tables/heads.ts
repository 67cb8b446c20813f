import { isRole } from "../recognisers/_person-roles.ts";

/** A row of names of columns: which sign parts them, and the names; a table's head, or nothing of the kind. */
export interface Head {
  readonly sign: string;
  readonly names: readonly string[];
  /**
   * What forms call a column of names of people who are at hand, and not famous, of where they live, or of passwords;
   * null: it is none.
   */
  readonly people: readonly (string | null)[];
}

/** A longer line is no row that anybody has named the columns of. */
export const LONGEST_LINE = 500;
const LONGEST_NAME = 40;
const MOST_COLUMNS = 32;
const LETTER = /\p{L}/u;
/** What parts the names, the likeliest first. */
const SIGNS = ["\t", ";", "|", ","];

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

/** What stands around a name or a cell and is no part of it. */
const DECORATION = /^[\s"'*_`]+|[\s"'*_`]+$/g;

/** A cell without quotation marks and the signs of Markdown. */
export function bareCell(cell: string): string {
  return cell.replaceAll(DECORATION, "");
}

const NUMBERED = /(?<=\p{L}[ _-])\d$/u;

/** The names in a line: two or more, of a few words each, all with letters and none with figures. */
export function headOf(line: string): Head | null {
  if (line.length < 3 || line.length > LONGEST_LINE || !LETTER.test(line)) return null;
  for (const sign of SIGNS) {
    if (!line.includes(sign)) continue;
    // prose has a blank behind its commas
    if (sign === "," && line.includes(", ") && !isRegister(line)) return null;
    const names = line.split(sign).map(bareCell);
    // Markdown has an empty cell on both sides
    const inner = sign === "|" ? names.slice(names[0] === "" ? 1 : 0, names.at(-1) === "" ? -1 : undefined) : names;
    if (inner.length < 2 || inner.length > MOST_COLUMNS || !inner.every(isName)) return null;
    return { sign, names, people: peopleOf(names) };
  }
  return null;
}

/**
 * As {@link Head.people}. Names alone may be anybody's: beside them must stand how to reach them, what they alone know, or
 * their given names.
 */
export function peopleOf(names: readonly string[]): readonly (string | null)[] {
  const other = otherLabel(names);
  return names.map((name) => {
    if (PERSONAL.test(name) || HOME.test(name) || (other !== null && isRole(`${name}: `))) return name;
    return NAME.test(name) ? other : null;
  });
}

/** What a column that may have people's names is called, going by those beside it; null: it has none of interest. */
function otherLabel(names: readonly string[]): string | null {
  if (names.some((name) => GIVEN.test(name) || FAMILY.test(name) || PRIVATE.test(name))) return "last name";
  return names.some((name) => REACHING.test(name)) ? "name" : null;
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
