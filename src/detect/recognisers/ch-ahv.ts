import { digitsOf, ean13 } from "./_checksums.ts";
import { GAP } from "./_separators.ts";
import type { Recogniser } from "./recogniser.ts";

const S = `${GAP}?`;

/** Swiss AHV numbers since 2008 (AHVV art. 133): 756, nine digits, the check digit of GTIN-13. */
export const chAhv = {
  name: "ch-ahv",
  entity: "CH_AHV",
  group: "national-id",
  patterns: [`756${S}\\d{4}${S}\\d{4}${S}\\d{2}`],
  priority: 25,
  valid: (text) => ean13(digitsOf(text)),
} as const satisfies Recogniser;
