import { isGivenName } from "./_given-names.ts";
import { foldedName } from "./_name-letters.ts";
import type { Recogniser } from "./recogniser.ts";

const NAME = "(?:d['’])?\\p{Lu}[\\p{L}'’]{1,20}(?:-\\p{Lu}\\p{L}{1,19})?";

// A given name behind a comma stands behind one of the family, or behind words like these: Best, Viele Grüße, On Monday.
const GREETING =
  /(?<!\p{L})(?:hi|hello|hey|dear|thanks?|regards|wishes|best|cheers|sincerely|truly|hallo|danke|dank|gr[uü](?:ß|ss)en?|gru(?:ß|ss)|bonjour|merci|cordialement|hola|gracias|saludos|ciao|grazie|saluti|bedankt|groet(?:en|jes)?|dzi[eę]kuj[eę]|pozdrawiam|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)(?!\p{L})/iu;

const PARTICLE = "(?:van|von|de|den|der|del|di|da|dos|la)";
const ADDRESS = '"? \\(?<[\\p{L}\\d._+\\-]{1,64}@';

/**
 * Names with their address behind them in angle brackets (RFC 5322, name-addr), as mail quotes: `Anna Berger <a@x.org>`,
 * and as the address books of companies have them: `Berger, Anna <a@x.org>`.
 */
export const personBesideMail = {
  name: "person-beside-mail",
  entity: "PERSON",
  group: "person",
  patterns: [
    `${NAME}(?: (?:\\p{Lu}\\.|${PARTICLE})){0,2}(?: ${NAME}){1,3}${ADDRESS}`,
    `(?:${PARTICLE} ){0,2}${NAME}(?: ${NAME})?, ?${NAME}(?: \\p{Lu}\\.?| ${NAME})?${ADDRESS}`,
  ],
  right: "none",
  priority: 65,
  ends: (text) => text.replace(/"? \(?<[^<]*$/, "").length,
  valid(text) {
    const [first, given] = text.split(/["(<]/, 1)[0]!.split(",");
    if (given === undefined) return isGiven(first!);
    // of `Thanks, Anna Berger` the name begins behind the comma
    return !GREETING.test(first!) && (given.match(/\p{L}{2,}/gu) ?? []).every(isGiven);
  },
} as const satisfies Recogniser;

function isGiven(name: string): boolean {
  return isGivenName(foldedName(/^\p{L}+/u.exec(name)?.[0] ?? ""));
}
