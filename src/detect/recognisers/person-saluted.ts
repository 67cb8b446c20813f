import type { Recogniser } from "./recogniser.ts";

const NAME = "(?:[\\p{Lu}d]['’])?\\p{Lu}\\p{L}{1,21}(?:-\\p{Lu}\\p{L}{1,19})?";
const BEHIND = ",\\n";
const SALUTATION =
  /(?:^|\n)[>|\s]{0,4}(?:Madame|Monsieur|Mademoiselle|Mevrouw|Meneer|Signora|Signor|Señora|Señor|Senhora|Senhor) $/;

/** A family name at the head of a letter, where only a title is in front: `Madame Renard,` with nothing more on its line. */
export const personSaluted = {
  name: "person-saluted",
  entity: "PERSON",
  group: "person",
  patterns: [`${NAME}(?: ${NAME})?${BEHIND}`],
  right: "none",
  priority: 64,
  ends: (text) => text.length - ",\n".length,
  canBegin: (before) => before.endsWith(" ") && SALUTATION.test(before),
  valid: (_text, before) => SALUTATION.test(before),
} as const satisfies Recogniser;
