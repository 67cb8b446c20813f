import { compact } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."cartao de cidadao,cartao do cidadao,cc,numero de documento,documento de identificacao,bilhete de identidade,bi,citizen card".split(
    ",",
  ),
  ..."portuguese citizen card,numero do cartao de cidadao,id card".split(","),
);

/** Portuguese citizen cards (AMA, "Validação de Número de Documento"): eight digits, one, two characters, Luhn's over 36. */
export const ptCc = {
  name: "pt-cc",
  entity: "PT_CC",
  group: "national-id",
  patterns: ["\\d{8}[ \\-]?\\d[ \\-]?[A-Za-z\\d]{2}[ \\-]?\\d"],
  priority: 33,
  valid(text, before) {
    const code = compact(text);
    if (!/^\d{9}[A-Z\d]{2}\d$/.test(code) || !luhn36(code)) return false;
    return labelled(before, LABELS) || (/[A-Z]{2}/.test(text) && !isAnothers(before, LABELS));
  },
} as const satisfies Recogniser;

function luhn36(code: string): boolean {
  let sum = 0;
  for (let at = 0; at < code.length; at++) {
    const value = Number.parseInt(code[at] as string, 36) * (at % 2 === 0 ? 2 : 1);
    sum += at % 2 === 0 && value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
