import type { Recogniser } from "./recogniser.ts";

const NAME = "(?:[\\p{Lu}d]['’])?\\p{Lu}\\p{L}{1,21}(?:-\\p{Lu}\\p{L}{1,19})?";
const SALUTATION =
  /(?:^|\n)[>|\s]{0,4}(?:Madame|Monsieur|Mademoiselle|Mevrouw|Meneer|Signora|Signor|Señora|Señor|Senhora|Senhor) $/;

// In French the label of a family name, where the given name is asked for next.
const LONGEST_LABEL = 20;
const NOM = /(?:^|[^\p{L}])nom["']?\s?[:=]\s?["']?$|"family"\s?:\s?"$/iu;

/**
 * A family name that only the next line tells from others: at the head of a letter, where only a title is in front and
 * an empty line below (`Madame Renard,`), and in forms: `Nom : Lefebvre` above `Prénom : Antoine`, HL7's `"family":"Okafor","given"`.
 */
export const personSaluted = {
  name: "person-saluted",
  entity: "PERSON",
  group: "person",
  patterns: [
    `${NAME}(?: ${NAME})?,\\n(?:[>|] ?)?\\n`,
    `(?:${NAME}|\\p{Lu}{2,20})(?:[ \\-](?:${NAME}|\\p{Lu}{2,20}))?(?:(?:["'],? ?["']|,?\\n {0,8})[Pp]r[ée]nom|", ?"given")`,
  ],
  right: "none",
  priority: 64,
  ends: nameEnd,
  canBegin: mayBegin,
  valid: (text, before) =>
    /(?:nom|given")$/.test(text)
      ? NOM.test(before.slice(-LONGEST_LABEL))
      : SALUTATION.test(before.slice(-LONGEST_LABEL)),
} as const satisfies Recogniser;

/** Where the name ends in a match. */
function nameEnd(text: string): number {
  return text.search(/[,"'\n]+(?:\s|,|["']|[Pp]r|$)/);
}

function mayBegin(before: string): boolean {
  const near = before.slice(-LONGEST_LABEL);
  return (before.endsWith(" ") && SALUTATION.test(near)) || (/nom|family/i.test(near) && NOM.test(near));
}
