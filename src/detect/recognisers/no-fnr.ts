import { digitsOf, weightedSum } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  ..."fodselsnummer,fodselsnummeret,personnummeret,fodselsnr,fnr,personnummer,d nummer,norwegian id,norwegian national,norwegian personal number,national identity number".split(
    ",",
  ),
  ..."norwegian national identity number,birth number,norwegian birth number,national id,fodsels nummer".split(","),
);

/** Norwegian birth and D numbers (Folkeregisterloven § 2-2): birth date (day plus 40), serial, two checks, modulus 11. */
export const noFnr = {
  name: "no-fnr",
  entity: "NO_FNR",
  group: "national-id",
  patterns: ["\\d{6}[ \u00a0]?\\d{5}", "\\d{6} \\d{3} \\d{2}"],
  priority: 36,
  valid(text, before) {
    const digits = digitsOf(text);
    const day = Number(digits.slice(0, 2)) % 40;
    // Synthetic persons have 40 or 80 added to the month.
    const month = Number(digits.slice(2, 4)) % 40;
    if (!dayExists(Number(digits.slice(4, 6)), month, day)) return false;
    if (weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 !== 0) return false;
    if (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 !== 0) return false;
    return (
      labelled(before, LABELS) ||
      (/^\d{6}\D\d{5}$/.test(text) && !isAnothers(before, LABELS) && !/\d[ -]$/.test(before))
    );
  },
} as const satisfies Recogniser;
