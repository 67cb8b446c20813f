import { compact } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { spanishLetter } from "./_tax-checks.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."dni,nif,documento nacional de identidad,documento de identidad,numero de identidad,spanish id,spanish dni,identificacion".split(
    ",",
  ),
  ..."national id,id number,nif nie,dni nie,identidad,carnet de identidad".split(","),
);

/** Spanish identity numbers: eight digits and the letter of their remainder by 23. In small letters by label only. */
export const esDni = {
  name: "es-dni",
  entity: "ES_DNI",
  group: "national-id",
  patterns: ["\\d{8}[ \\-]?[A-Za-z]", "\\d{2}\\.\\d{3}\\.\\d{3}[ \\-]?[A-Za-z]", "\\d{7}-?[A-Za-z]"],
  priority: 35,
  valid(text, before) {
    const code = compact(text);
    const number = code.slice(0, -1);
    if (spanishLetter(number) !== code.at(-1)) return false;
    if (labelled(before, LABELS)) return true;
    return (
      number.length === 8 && /^[\d.]+-?[A-Z]$/.test(text) && !isAnothers(before, LABELS) && !/\d[.-]$/.test(before)
    );
  },
} as const satisfies Recogniser;
