import { compact, digitAt, weightedSum } from "./_checksums.ts";
import { isDayMonthYear } from "./_dates.ts";
import { GAP } from "./_separators.ts";
import type { Recogniser } from "./recogniser.ts";

const S = `${GAP}?`;
const WEIGHTS = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];

/**
 * German pension insurance numbers (VKVV § 2): area, birth date, first letter of the name, serial, check digit. The
 * letter counts as its place in the alphabet; cross sums of the weighted digits, modulus 10.
 */
export const deRvnr = {
  name: "de-rvnr",
  entity: "DE_RVNR",
  group: "national-id",
  patterns: [
    `\\d{2}${S}\\d{6}${S}[A-Za-z]${S}\\d{3}`,
    `\\d{2}${S}\\d{2}${S}\\d{2}${S}\\d{2}${S}[A-Za-z]${S}\\d{2}${S}\\d`,
  ],
  priority: 30,
  valid(text) {
    const code = compact(text);
    const letter = String(code.charCodeAt(8) - 64).padStart(2, "0");
    const date = String(Number(code.slice(2, 4)) % 50).padStart(2, "0") + code.slice(4, 8);
    if (!isDayMonthYear(date)) return false;
    const digits = code.slice(0, 8) + letter + code.slice(9, 11);
    const sum = WEIGHTS.reduce((total, weight, at) => {
      const product = digitAt(digits, at) * weight;
      return total + Math.floor(product / 10) + (product % 10);
    }, 0);
    return sum % 10 === weightedSum(code.slice(11), [1]);
  },
} as const satisfies Recogniser;
