import { asciiTable } from "../ascii-table.ts";
import { FLAT, LINK, NUMBER, TOWN, UK, UNIT, US, WORD, WORDS } from "./_address-parts.ts";
import { onceFor } from "./_once.ts";
import { saidOf } from "./_said.ts";
import type { Recogniser } from "./recogniser.ts";

// Some part of any of the labels and words below.
const PART =
  /addr|adr|str|line|rue|call|dire|domic|indir|resid|mora|ende|rua|ansch|ulic|live|living|wohn|woon|wonend|demeur|habit|vivo|moro|zam|mieszk|moved/i;
const LABEL =
  /(?<!\p{L})(?<!\b(?:ip|mac|memory|bus|base|web|server|e-?mail|wallet|start|return|physical|virtual)[ _-]?)(?:address(?:[ _]?line)?[ _]?1?|addr|address[ :_]{1,6}line[ _]?1|street(?:[ _]?(?:name|1))?|(?:wohn|liefer|rechnungs|heimat|post|privat)?(?:adresse|anschrift)|stra(?:ß|ss)e(?: (?:und|&|\+) (?:hausnummer|haus-?nr\.?|nr\.?))?|adresse (?:postale|du domicile)|domicile|rue|direcci[oó]n(?: postal)?|domicilio|calle|indirizzo|residenza|morada|endere[çc]o|rua|(?:woon|bezorg|leverings?|post)?adres|straat|ulica|adres (?:zamieszkania|dostawy|korespondencyjny))(?: \([^()]{1,12}\))?\s?[:=]\s?$/iu;
const SPOKEN =
  /\b(?:i (?:now )?live (?:now )?(?:at|on)|i(?:'ve| have)? moved to|resid(?:ing|ent|es) (?:at|of)|living at|my (?:new )?address is|wohnhaft(?: in der| am| im)?|ich wohne (?:jetzt )?(?:in der|am|im)|meine (?:neue )?adresse (?:ist|lautet)(?: die| der)?|demeurant(?: au)?|domicilié+e?(?: au)?|j['’]habite au|mon adresse est(?: le| la)?|con domicilio en|domiciliad[oa] en|vivo en la|mi dirección es(?: la)?|residente (?:in|en|na|no|em)|il mio indirizzo è|moro n[ao]|a minha morada é(?: a| na)?|wonende(?: te \p{Lu}[\p{L} ]{1,20},)?(?: te| aan de| op)?|woonachtig(?: aan de| op)?|ik woon (?:nu )?(?:op|aan)(?: de| het)?|mijn adres is(?: de| het)?|zam\.|zamieszkał[yaeą]{1,2}(?: przy)?|mieszkam (?:teraz )?(?:przy|na)|mój adres to),? $/iu;

// What a label of an address has in manuals, programs and tables.
const NO_STREET =
  /^(?:level|chapter|kapitel|section|see|siehe|voir|ver|vedi|zie|patrz|table|tabelle|tabela|tabla|tableau|tabella|figure|num[ée]ro|number|nummer|lista?|page|seite|step|part|teil|version|item|line|zeile|row|appendix|annex|test|node|port|slot|block|byte|register|offset|bank|hello|dummy|example|street|fighter)\b/i;

// What stands between a label's sign and the value.
const BETWEEN = asciiTable([" \t\n\"'\\*_|>`", 1]);
const MOST_BETWEEN = 8;
const MOST_SAID = 48;
// The last words of what is said, and those that may stand in front of a small one.
const LAST = new Set(
  "wohnhaft wohne demeurant domicilié domiciliée woonachtig wonende residente zam zamieszkały zamieszkała zamieszkałą zamieszkałym lautet".split(
    " ",
  ),
);
const SMALL = new Set(
  "at on of is in der am im ist die au le la en na no em è é a op aan de het te przy to es est".split(" "),
);

// No such word is longer.
const MOST_LETTERS = Math.max(...[...LAST, ...SMALL].map(({ length }) => length));

const [SPACE, COLON, EQUALS, COMMA, FULL_STOP] = [0x20, 0x3a, 0x3d, 0x2c, 0x2e];

/** What may say it: a label by its sign, or something said by its last word; undefined: nothing. */
function triggerOf(before: string): RegExp | undefined {
  let end = before.length - 1;
  const stop = Math.max(0, end - MOST_BETWEEN);
  while (end > stop && isBetween(before.charCodeAt(end))) end -= 1;
  const sign = before.charCodeAt(end);
  if (sign === COLON || sign === EQUALS) return LABEL;
  if (before.charCodeAt(before.length - 1) !== SPACE) return undefined;
  if (sign === COMMA && before.slice(-MOST_SAID).includes("wonende te ")) return SPOKEN;
  if (sign === COMMA || sign === FULL_STOP) end -= 1;
  // rows of figures: asked for at each of them
  if (isFigure(before.charCodeAt(end))) return undefined;
  const start = before.lastIndexOf(" ", end) + 1;
  if (end - start >= MOST_LETTERS) return undefined;
  const word = before.slice(start, end + 1).toLowerCase();
  return SMALL.has(word) || LAST.has(word) ? SPOKEN : undefined;
}

const isBetween = (code: number): boolean => code < 0x80 && BETWEEN[code] === 1;
const isFigure = (code: number): boolean => code >= 0x30 && code <= 0x39;

const isExpected = onceFor((before) => {
  const trigger = triggerOf(before);
  if (trigger === undefined || !PART.test(before.slice(-MOST_SAID))) return false;
  return trigger.test((trigger === LABEL ? saidOf(before) : before).slice(-MOST_SAID));
});

/** Postal addresses behind a label, or a word of living somewhere: streets whose names do not say that they are streets. */
export const addressLabelled = {
  name: "address-labelled",
  entity: "ADDRESS",
  group: "person",
  // no small letter first: then it is not asked for at every word
  patterns: [
    `${WORD}(?: (?:${LINK}){0,2}${WORD}){0,3},? (?:n[.º°]{0,2}? ?)?${NUMBER}${UNIT}${TOWN}`,
    `(?:${FLAT}, ?)?\\d{1,5}[A-Za-z]?(?: (?:bis|ter))?,? (?:\\p{Ll}{2,9}\\.? )?${WORDS}(?:,? ${FLAT})?(?:${TOWN}|, ${WORDS}, (?:${UK}|${US}))`,
  ],
  priority: 64,
  canBegin: isExpected,
  valid: (text, before) => isExpected(before) && !NO_STREET.test(text),
} as const satisfies Recogniser;
