import { compact, mod97 } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { GAP } from "./_separators.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."nir,numero de securite sociale,securite sociale,secu,numero de secu,n secu,num secu,numero insee,insee,carte vitale".split(
    ",",
  ),
  ..."numero ss,no ss,nss,social security,social security number,french social security,immatriculation,assure".split(
    ",",
  ),
);
// Printed in groups throughout, or without any gap but that before the key.
const GROUPED = /^[\dAB]{13}(?:\D{0,3}\d\d)?$|^(?:[\dAB]+[^\dAB]){5}\d{3}(?:\D{1,3}\d\d)?$/i;
const S = `${GAP}?`;

/**
 * French NIR (INSEE, "Répertoire national d'identification"): sex, year, month, department (2A and 2B in Corsica),
 * commune, serial and the key 97 − n mod 97. Without its key by label only.
 */
export const frNir = {
  name: "fr-nir",
  entity: "FR_NIR",
  group: "national-id",
  patterns: [`[1-478]${S}\\d{2}${S}\\d{2}${S}\\d[\\dABab]${S}\\d{3}${S}\\d{3}(?:${S}[/|]?${S}\\d{2})?`],
  priority: 25,
  valid(text, before) {
    if (!GROUPED.test(text) || /\d[.,]$/.test(before)) return false;
    const code = compact(text);
    const month = Number(code.slice(3, 5));
    if (month < 1 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false;
    const number = code.slice(0, 13).replace("2A", "19").replace("2B", "18");
    if (!/^\d{13}$/.test(number)) return false;
    if (code.length === 13) return labelled(before, LABELS);
    // Fifteen digits in a row are many things: only of usual months, and of men and women, without a label.
    const isUsual = month <= 12 && number[0]! <= "2";
    if (!isUsual && text === code && !labelled(before, LABELS)) return false;
    return 97 - mod97(number) === Number(code.slice(13)) && !isAnothers(before, LABELS);
  },
} as const satisfies Recogniser;
