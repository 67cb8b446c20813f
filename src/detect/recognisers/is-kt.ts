import { digitAt, digitsOf, weightedSum } from "./_checksums.ts";
import { isAnothers, labelled, labels } from "./_context.ts";
import { dayExists } from "./_dates.ts";
import type { Recogniser } from "./recogniser.ts";

const LABELS = labels(
  "kennitala",
  "kt",
  "kennitalan",
  "icelandic id",
  "icelandic kennitala",
  "icelandic national id",
  "national id",
);

/** Icelandic identity numbers (act 140/2019): birth date (day plus 40 for bodies), serial, modulus 11, the century. */
export const isKt = {
  name: "is-kt",
  entity: "IS_KT",
  group: "national-id",
  patterns: ["\\d{6}[ \\-\u2011]?\\d{3}[089]"],
  priority: 38,
  valid(text, before) {
    const digits = digitsOf(text);
    if (!dayExists(Number(digits.slice(4, 6)), Number(digits.slice(2, 4)), Number(digits.slice(0, 2)) % 40))
      return false;
    if ((11 - (weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 !== digitAt(digits, 8)) return false;
    return labelled(before, LABELS) || (text.includes("-") && !isAnothers(before, LABELS) && !/\d-$/.test(before));
  },
} as const satisfies Recogniser;
