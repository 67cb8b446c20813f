import { isWholeName, WHOLE_NAME } from "./_person-name.ts";
import type { Recogniser } from "./recogniser.ts";

const FIGURES = "\\d{1,2}[./\\-]\\d{1,2}[./\\-](?:19|20)\\d{2}";
const DAY = `(?:${FIGURES}|\\d{1,2}(?:st|nd|rd|th|er|\\.|º)?[ \\-](?:of |de |d['’])?\\p{L}{3,10}\\.?,?[ \\-](?:de )?(?:19|20)\\d{2}|\\p{Lu}\\p{L}{2,8} \\d{1,2}, (?:19|20)\\d{2})`;
const BORN =
  "(?:[Bb]orn|DOB:?|D\\.O\\.B\\.:?|[Dd]ate of birth:?|geb\\.|geboren|Geburtsdatum:?|née?|né\\(e\\)|nacid[oa]|nac\\.|nat[oa]|nascid[oa]|ur\\.|urodzon[ya])(?: (?:on|am|op|le|el|il|em|a|dnia|w dniu))?";
const LIVING =
  "(?:wohnhaft|wohnh\\.|residing|resident|demeurant|domicilié|con domicilio|domiciliad|residente|wonende|woonachtig|zam\\.|zamieszka)";
const NUMBERED =
  "(?:con |portador(?:a)? (?:de|del|do) |titular del )?(?:DNI|NIE|NIF|PESEL|BSN|SSN|NHS|C\\.F\\.|CF|codice fiscale|contribuinte|NISS|Steuer-ID|[Pp]assport|Reisepass|[Pp]asaporte|[Pp]assaporto|[Pp]asseport|[Pp]aszport|Personalausweis|Ausweis)";
const REACHED =
  "(?:[Tt]el|[Tt][ée]l|[Tt]elefon[oe]?|[Tt]elefoon|[Pp]hone|[Mm]obile|Mobil|Handy|[Mm]óvil|[Cc]ell|[Ee]-?[Mm]ail)";

const YEAR = /\d{4}$/;
// Who was born earlier is no longer at hand.
const FIRST_YEAR = 1920;

/**
 * Names by what goes on behind them: a day of birth behind a comma (or in figures in brackets), where somebody lives, the
 * number of a document, a telephone. Of the famous one reads other things: `Mozart (27 January 1756)`.
 */
export const personAhead = {
  name: "person-ahead",
  entity: "PERSON",
  group: "person",
  patterns: [
    `${WHOLE_NAME}(?:,? ${BORN} ${DAY}| \\((?:${BORN} )?${FIGURES}|, ${LIVING}|,? \\(?${NUMBERED}[ :]|(?:, | \\()${REACHED}(?:[.:]{0,2} ?[+(\\d]|: ?))`,
  ],
  right: "none",
  priority: 65,
  ends: nameEnd,
  valid(text) {
    const year = YEAR.exec(text);
    return (year === null || Number(year[0]) >= FIRST_YEAR) && isWholeName(text.slice(0, nameEnd(text)));
  },
} as const satisfies Recogniser;

const REST = new RegExp(`(?:,| \\(| ${BORN} \\S| ${NUMBERED}[ :]$).*$`, "su");

/** Where the name ends in a match. */
function nameEnd(text: string): number {
  return REST.exec(text)?.index ?? text.length;
}
