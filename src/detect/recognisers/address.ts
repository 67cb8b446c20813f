import { TRADES } from "./_street-types.ts";
import type { Recogniser } from "./recogniser.ts";

const WORD = "\\p{Lu}[\\p{L}'’.\\-]{0,17}";
const LINK =
  "(?:de|du|des|la|le|les|del|della|dei|di|da|do|dos|das|y|e|el|los|las|van|den|der|het|im|am|an|zur|of|the|and|sur|sous|et|lès) ";
const WORDS = `(?:${LINK}|[dl]['’]){0,2}${WORD}(?: (?:${LINK}){0,2}${WORD}){0,3}`;
const NUMBER = "\\d{1,4}(?: ?[a-zA-Z]|/\\d{1,3})?(?: ?[\\-–] ?\\d{1,4})?";
// The part of a house: 3º B, Piso 2 Puerta 4, int. 5, m. 12, bus 3
const UNIT =
  "(?:,? (?:\\d{1,2}[.º°]{1,2}(?: ?(?:[A-Za-z]|[Ii]zq|[Dd]cha|[Ee]sq|[Dd]to|[Ff]te)\\.?)?|(?:[Pp]iso|[Pp]uerta|[Pp]ta\\.|[Aa]pt\\.|[Aa]pto\\.|[Pp]iano|[Aa]ppartamento|[Ii]nt\\.|[Ss]cala|[Bb]ât\\.|[Aa]ppt\\.|m\\.|lok\\.|bus|Top|Stiege) ?[\\dA-Za-z]{1,4})){0,2} ?";
const BREAK = "(?:,? ?\\n? ?|, )";
// Postal codes: four or five digits, `75 001`, `00-950`, `1000-205`, `1016 GV`, with a country's letters perhaps.
const POST = "(?:[A-Z]{1,2}-)?(?:\\d{4,5}|\\d{3} \\d{2}|\\d{2}-\\d{3}|\\d{4}-\\d{3}|\\d{4} ?[A-Z]{2})";
const CITY = `(?:St\\. )?\\p{Lu}[\\p{L}'’\\-]{1,19}(?: (?:${LINK})?\\p{Lu}[\\p{L}'’\\-]{1,14}){0,2}`;
const REGION = "(?: \\([A-Z]{2}\\))?";
const POSTED = `${BREAK}${POST},?[ \\n]${CITY}${REGION}`;
const TOWN = `(?:${POSTED}|, ${CITY}(?:,? \\d{5})?)?`;
const UK = "[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}";
const US = "[A-Z]{2} \\d{5}(?:-\\d{4})?";
const EIRCODE = "[AC-FHKNPRTV-Y]\\d[\\dW] ?[AC-FHKNPRTV-Y\\d]{4}";
const FLAT = "(?:Flat|Unit|Apt\\.?|Apartment|Suite|Studio|Room) ?#?[\\dA-Za-z]{1,5}";

/**
 * Postal addresses: a street by the word for it, with its number, and the town with its code where they follow (forms of
 * the Universal Postal Union's guides for twelve countries).
 */
export const address = {
  name: "address",
  entity: "ADDRESS",
  group: "person",
  patterns: [
    // Hauptstraße 12, 10115 Berlin; Prinsengracht 263, 1016 GV Amsterdam; Karl-Marx-Allee 4
    `\\p{Lu}[\\p{L}\\-]{1,32}(?:${TRADES.suffixes}) ${NUMBER}${UNIT}${TOWN}`,
    `\\p{Lu}[\\p{L}\\-]{1,24}(?:${TRADES.rareSuffixes}) ${NUMBER}${UNIT}${POSTED}`,
    `(?:(?:${TRADES.first}) |(?:${TRADES.swiss}) (?:de|du|des|de la|de l['’]|d['’]) ?)${WORDS},? (?:n[.º°]{0,2}? ?)?(?:${NUMBER}|[sS]/[nN]º?)${UNIT}${TOWN}`,
    // rue de Bourg 41, 1003 Lausanne; boulevard Voltaire, 75011 Paris
    `(?:${TRADES.french}) ${WORDS}(?: ${NUMBER})?${POSTED}`,
    // Am Alten Markt 3, 50667 Köln; An der Alster 10, 20099 Hamburg
    `(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Unter den|Unter der|Zum|Zur|Hinter der|Beim) ${WORD}(?: ${WORD})? ${NUMBER}${BREAK}(?:D-)?\\d{5} ${CITY}`,
    // 12 bis rue de la Paix, 75002 Paris
    `\\d{1,4}(?: ?(?:bis|ter|[a-dA-D]))?,? (?:${TRADES.french}) ${WORDS}${TOWN}`,
    // 221B Baker Street, London NW1 6XE; 350 Fifth Ave, New York, NY 10118
    `(?:${FLAT}, ?)?\\d{1,5}[A-Za-z]? (?:[NSEW]\\.? )?(?:${WORD} ){1,3}(?:${TRADES.english})(?:,? ${FLAT})?(?:(?:, |\\n)${CITY})?(?:(?:,? |\\n)(?:${UK}|${US}|${EIRCODE}))?`,
    // 4 Wilson Creek, Leeds, LS1 4AP; 38066 Hancock Trail Apt. 268, Dayton, OH 45402
    `(?:${FLAT}, ?)?\\d{1,5}[A-Za-z]? (?:${WORD} ){0,2}${WORD}(?:,? ${FLAT})?(?:, |\\n)${CITY}(?:,? |\\n)(?:${UK}|${US}|${EIRCODE})`,
    `${FLAT}, ${WORD}(?: ${WORD}){0,2}(?:, |\\n)${CITY}(?:,? |\\n)(?:${UK}|${EIRCODE})`,
  ],
  priority: 64,
  // Something of the kind in front reads on: "figure 12 rue …" is none, "page 5 Main Street" neither.
  valid: (text, before) =>
    // In English one goes via things with a number; a volume of the Supreme Court Reporter is no court to live in.
    (!text.startsWith("via ") ||
      /\d{5}/.test(text) ||
      /\b(?:in|residente|domicilio|indirizzo|sede)[: ]{1,2}$/.test(before)) &&
    !/^(?:During|Spring|Brigade|Renegade|Bring|String)\b|^\d+ S\. Ct\b/.test(text) &&
    // Monitoring 35, 36742 Requests
    !/^\p{L}+(?:[aou]|ee|[tv]e)ring /u.test(text) &&
    // the head of ever so many files
    !/Foundation\W+Inc\W*$/.test(before) &&
    !/(?:\bpages?|\bfig(?:ure)?\.?|\bchapter|\bkapitel|\bversion|\d[.,]?) $/i.test(before),
} as const satisfies Recogniser;
