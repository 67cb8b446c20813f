import { BREAK, CITY, DAY, EIRCODE, FLAT, NUMBER, POSTED, TOWN, UK, UNIT, US, WORD, WORDS } from "./_address-parts.ts";
import { TRADES } from "./_street-types.ts";
import type { Recogniser } from "./recogniser.ts";

// 18-20
const HOUSE = "\\d{1,5}(?:[A-Za-z]|[\\-–]\\d{1,4})?";
// Fifth Ave, NW 7th Street
const NAMED = `(?:[NSEW]{1,2}\\.? )?(?:(?:${WORD} ){1,3}(?:${TRADES.english})|\\d{1,3}(?:st|nd|rd|th) (?:Street|Avenue|Road|(?:St|Ave|Rd)\\.?))`;
// Of a town, or of what the street is like.
const ADJECTIVE = "\\p{Lu}\\p{Ll}{2,18}(?:er|e|en)";
// No year.
const SHORT = "\\d{1,3}(?: ?[a-z]|(?:/\\d{1,3}){1,3}| ?[\\-–] ?\\d{1,3})?";
const LIKE =
  "(?:Alte[rs]?|Neue[rs]?|Große[rs]?|Kleine[rs]?|Lange[rs]?|Breite[rs]?|Hohe[rs]?|Obere[rs]?|Untere[rs]?|Schöne[rs]?|Innere|Äußere|Kurze|Enge)";
const NO_ADJECTIVE =
  /^(?:(?:Dies|Unser|Eur|Jed|Ein|Kein|Welch|Jen|Mein|Dein|Sein|Ihr|Ander|Weiter|Einig|Manch|Solch|Beid|Halb|Ganz|Gleich|Letzt|Nächst|Erst)e[nrsm]?) /;
const CITY_OR_PART = `(?:${CITY}|Dublin \\d{1,2}W?)`;

// Alte Landstraße, Prins Hendrikkade, Van Goghstraat, Burgemeester de Vlugtlaan
const QUALIFIED =
  "(?:(?:Alte|Neue|Große|Grosse|Kleine|Obere|Untere|Hintere|Vordere|Lange|Kurze|Breite|Hohe|Innere|Äußere|Sankt|St\\.|Am Alten|Am Neuen|Prins|Prinses|Koning|Koningin|Burgemeester|Burg\\.|Pastoor|Dokter|Dr\\.|Professor|Prof\\.|Generaal|Admiraal|Graaf|Sint|Nieuwe|Oude|Nieuwezijds|Oudezijds|Van|De|Lange|Korte) (?:(?:van |de |der |den ){1,2})?(?:(?:Alten|Neuen) )?)?";

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
    `${QUALIFIED}\\p{Lu}[\\p{L}\\-]{1,32}(?:${TRADES.suffixes}) ${NUMBER}${UNIT}${TOWN}`,
    `${QUALIFIED}\\p{Lu}[\\p{L}\\-]{1,24}(?:${TRADES.rareSuffixes}) ${NUMBER}${UNIT}${POSTED}`,
    `(?:(?:${TRADES.first}) |(?:${TRADES.swiss}) (?:de|du|des|de la|de l['’]|d['’]) ?)(?:${WORDS}|${DAY}),? (?:n[.º°]{0,2}? ?)?(?:${NUMBER}|[sS]/[nN]º?)${UNIT}${TOWN}`,
    // Berliner Straße 12; Neue Straße 4, 21073 Hamburg; Frankfurter Ring 81, 80807 München
    `${ADJECTIVE} (?:${TRADES.german}) ${SHORT}${UNIT}${TOWN}`,
    `(?:${LIKE} \\p{Lu}\\p{L}{2,20}|${ADJECTIVE} (?:Ring|Weg|Platz|Markt|Wall|Tor|Graben|Hof|Berg|Steig)) ${SHORT},? ?\\n?(?:D-)?\\d{5} ${CITY}`,
    // Marszałkowska 10/16, 00-590 Warszawa
    `\\p{Lu}\\p{Ll}{3,20}(?:a|ej|ego|ów) ${NUMBER}${UNIT},? ?\\n?\\d{2}-\\d{3} ${CITY}`,
    // Straße des 17. Juni 135, 10623 Berlin; Platz der Republik 1, 11011 Berlin, but on Platz der Gruppe 4 is a team
    `(?:Straße|Strasse|Str\\.|Allee) (?:des|der) (?:\\d{1,2}\\. )?${WORD}(?: ${WORD})? ${SHORT}${TOWN}`,
    `Platz (?:des|der) (?:\\d{1,2}\\. )?${WORD}(?: ${WORD})? ${SHORT}${POSTED}`,
    // rue de Bourg 41, 1003 Lausanne; boulevard Voltaire, 75011 Paris
    `(?:${TRADES.french}) ${WORDS}(?: ${NUMBER})?${POSTED}`,
    // Am Alten Markt 3, 50667 Köln; An der Alster 10, 20099 Hamburg
    `(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Unter den|Unter der|Zum|Zur|Hinter der|Beim) ${WORD}(?: ${WORD})? ${NUMBER}${BREAK}(?:D-)?\\d{5} ${CITY}`,
    // 12 bis rue de la Paix, 75002 Paris
    `\\d{1,4}(?: ?(?:bis|ter|[a-dA-D]))?,? (?:${TRADES.french}) ${WORDS}${TOWN}`,
    // 221B Baker Street, London NW1 6XE; 350 Fifth Ave, New York, NY 10118
    `(?:${FLAT}, ?)?${HOUSE} ${NAMED}(?:,? ${FLAT})?(?:(?:, |\\n)${CITY_OR_PART})?(?:(?:,? |\\n)(?:${UK}|${US}|${EIRCODE}))?`,
    // 4 Wilson Creek, Leeds, LS1 4AP; 38066 Hancock Trail Apt. 268, Dayton, OH 45402
    `(?:${FLAT}, ?)?\\d{1,5}[A-Za-z]? (?:${WORD} ){0,2}${WORD}(?:,? ${FLAT})?(?:, |\\n)${CITY_OR_PART}(?:,? |\\n)(?:${UK}|${US}|${EIRCODE})`,
    `${FLAT}, ${WORD}(?: ${WORD}){0,2}(?:, |\\n)${CITY}(?:,? |\\n)(?:${UK}|${EIRCODE})`,
  ],
  priority: 64,
  // Something of the kind in front reads on: "figure 12 rue …" is none, "page 5 Main Street" neither; a date is nothing
  // of the kind.
  valid: (text, before) =>
    // In English one goes via things with a number; a volume of the Supreme Court Reporter is no court to live in.
    (!text.startsWith("via ") ||
      /\d{5}/.test(text) ||
      /\b(?:in|residente|domicilio|indirizzo|sede)[: ]{1,2}$/.test(before)) &&
    !NO_ADJECTIVE.test(text) &&
    !/^(?:During|Spring|Brigade|Renegade|Bring|String)\b|^\d+ S\. Ct\b/.test(text) &&
    // Monitoring 35, 36742 Requests
    !/^\p{L}+(?:[aou]|ee|[tv]e)ring /u.test(text) &&
    // the head of ever so many files
    !/Foundation\W+Inc\W*$/.test(before) &&
    !/(?:\bpages?|\bfig(?:ure)?\.?|\bchapter|\bkapitel|\bversion|(?<![./-]\d{0,3})\d\.?) $/i.test(before) &&
    // a number of its own, and that of a telephone: `tel. 20 12 34 56, Nørrebrogade 52`
    !(/(?<![./-]\d{0,3})\d, $/.test(before) && /^\p{Ll}|^\d[^,]*$/u.test(text)),
} as const satisfies Recogniser;
