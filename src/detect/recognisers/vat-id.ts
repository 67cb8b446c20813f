import { compact } from "./_checksums.ts";
import { VAT_CHECKS } from "./_vat-checks.ts";
import type { Recogniser } from "./recogniser.ts";

/**
 * VAT identification numbers of the EU's states, Northern Ireland and Great Britain (Directive 2006/112/EC, art. 215;
 * structures and checks as VIES publishes them), with the country in front.
 */
export const vatId = {
  name: "vat-id",
  entity: "VAT_ID",
  group: "tax",
  patterns: [
    "[A-Za-z]{2}[ \\-]?[A-Za-z\\d+*](?:[ .\\-\u00a0]?[A-Za-z\\d+*]){6,11}",
    "CHE[ \\-]?\\d{3}[.]?\\d{3}[.]?\\d{3}(?: ?(?:MWST|TVA|IVA))?",
  ],
  priority: 45,
  valid(text) {
    const code = compact(text);
    // Capitals: `de` and `at` with a number after them are words.
    if (!/^[A-Z]{2}/.test(text) || /[a-z]/.test(text) || (text.match(/[^A-Z\d+*]/g) ?? []).length > 4) return false;
    if (text.startsWith("CHE")) return swissCheck(code);
    return VAT_CHECKS.get(code.slice(0, 2))?.(code.slice(2)) === true;
  },
} as const satisfies Recogniser;

function swissCheck(code: string): boolean {
  const digits = code.slice(3, 12);
  const sum = [5, 4, 3, 2, 7, 6, 5, 4].reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return (11 - (sum % 11)) % 11 === Number(digits[8]);
}
