import { compact, digitAt } from "./_checksums.ts";
import { GAP } from "./_separators.ts";
import type { Recogniser } from "./recogniser.ts";

const S = `${GAP}?`;
// Values of the characters in odd places (DM 23 December 1976, table B); digits and letters A–J share theirs.
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const D = "[\\dLMNP-Vlmnp-v]";

/**
 * Italian codice fiscale (DM 23 December 1976): name, birth, place, check letter; digits may have become letters where
 * two persons would share one.
 */
export const itCf = {
  name: "it-cf",
  entity: "IT_CF",
  group: "national-id",
  patterns: [
    `[A-Za-z]{6}${D}{2}[A-EHLMPR-Ta-ehlmpr-t]${D}{2}[A-Ma-mZz]${D}{3}[A-Za-z]`,
    // In small letters the gaps would be those between words.
    `[A-Z]{3}${S}[A-Z]{3}${S}${D}{2}[A-EHLMPR-T]${D}{2}${S}[A-MZ]${D}{3}${S}[A-Z]`,
  ],
  priority: 20,
  valid(text) {
    const code = compact(text);
    const day = Number(code.slice(9, 11).replace(/[L-V]/g, (letter) => String("LMNPQRSTUV".indexOf(letter))));
    return day >= 1 && day <= 71 && day % 40 <= 31 && checkLetter(code) === code[15];
  },
} as const satisfies Recogniser;

function checkLetter(code: string): string {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const digit = digitAt(code, at);
    const value = digit <= 9 ? digit : code.charCodeAt(at) - 65;
    sum += at % 2 === 0 ? (ODD[value] as number) : value;
  }
  return String.fromCharCode(65 + (sum % 26));
}
