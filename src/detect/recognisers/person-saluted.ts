import { isGivenName } from "./_given-names.ts";
import { foldedName } from "./_name-letters.ts";
import { NO_NAMES } from "./_person-context.ts";
import type { Recogniser } from "./recogniser.ts";

const NAME = "(?:[\\p{Lu}d]['’])?\\p{Lu}\\p{L}{1,21}(?:-\\p{Lu}\\p{L}{1,19})?";
const SALUTATION =
  /(?:^|\n)[>|\s]{0,4}(?:Madame|Monsieur|Mademoiselle|Mevrouw|Meneer|Signora|Signor|Señora|Señor|Senhora|Senhor) $/;

// In front of a whole name.
const GREETING =
  /(?:^|\n)[>|\s]{0,4}(?:Hi|Hello|Hey|Dear|Good (?:morning|afternoon|evening)|Hallo|Liebe[r]?|Moin|Servus|Guten (?:Morgen|Tag|Abend)|Bonjour|Bonsoir|Salut|Ch(?:er|ère)|Coucou|Hola|Querid[oa]|Estimad[oa]|Buen[oa]s (?:días|tardes|noches)|Ciao|Car[oa]|Buongiorno|Buonasera|Gentile|Olá|Oi|Bo[am] (?:dia|tarde|noite)|Hoi|Dag|Beste|Goede(?:morgen|middag|navond)|Cześć|Hej|Witaj|Drog[ai]|Dzień dobry) $/;

// In French the label of a family name, where the given name is asked for next.
const LONGEST_LABEL = 20;
const NOM = /(?:^|[^\p{L}])nom["']?\s?[:=]\s?["']?$|"family"\s?:\s?"$/iu;

/**
 * Names that only the next line tells from others: at the head of a letter, where only a title is in front and an empty
 * line below (`Madame Renard,`) or a greeting in front of a whole name (`Hi Anna Schmidt,`), and family names in forms: `Nom : Lefebvre` above `Prénom : Antoine`, HL7's `"family":"Okafor","given"`.
 */
export const personSaluted = {
  name: "person-saluted",
  entity: "PERSON",
  group: "person",
  patterns: [
    `${NAME}(?: ${NAME})?[,!]\\n(?:(?:[>|] ?)?\\n)?`,
    `(?:${NAME}|\\p{Lu}{2,20})(?:[ \\-](?:${NAME}|\\p{Lu}{2,20}))?(?:(?:["'],? ?["']|,?\\n {0,8})[Pp]r[ée]nom|", ?"given")`,
  ],
  right: "none",
  priority: 64,
  ends: nameEnd,
  canBegin: mayBegin,
  valid(text, before) {
    const near = before.slice(-LONGEST_LABEL);
    if (/(?:nom|given")$/.test(text)) return NOM.test(near);
    return SALUTATION.test(near) ? /\n\W*\n$/.test(text) : GREETING.test(near) && isOfGiven(text);
  },
} as const satisfies Recogniser;

/** Whether a name is a given one and more: alone it tells little of anybody. */
function isOfGiven(text: string): boolean {
  const [first = "", ...more] = text.slice(0, nameEnd(text)).split(/[ -]/).map(foldedName);
  return more.length > 0 && isGivenName(first) && ![first, ...more].some((word) => NO_NAMES.has(word));
}

/** Where the name ends in a match. */
function nameEnd(text: string): number {
  return text.search(/[,!"'\n]+(?:\s|,|["']|[Pp]r|$)/);
}

function mayBegin(before: string): boolean {
  const near = before.slice(-LONGEST_LABEL);
  // a letter's head begins its line
  const isAtHead = before.endsWith(" ") && (before.length < LONGEST_LABEL || near.includes("\n"));
  return (isAtHead && (SALUTATION.test(near) || GREETING.test(near))) || (/nom|family/i.test(near) && NOM.test(near));
}
