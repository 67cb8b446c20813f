import { compact } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { spanishLetter } from "./_tax-checks.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."nie,nif,dni,numero de identidad de extranjero,tarjeta de residencia,identidad,tie,foreigner number,spanish nie,nif nie,dni nie".split(
    ",",
  ),
);

/** Spanish numbers of foreigners (RD 557/2011, art. 206): X, Y or Z, which count 0 to 2, seven digits, the letter. */
export const esNie = {
  name: "es-nie",
  entity: "ES_NIE",
  group: "national-id",
  patterns: ["[XYZxyz][ \\-]?\\d{7}[ \\-]?[A-Za-z]"],
  priority: 34,
  valid(text, before) {
    const code = compact(text);
    if (spanishLetter("XYZ".indexOf(code[0] as string) + code.slice(1, 8)) !== code.at(-1)) return false;
    return labelled(before, LABELS) || (text === text.toUpperCase() && !isAnothers(before, LABELS));
  },
} as const satisfies Recogniser;
