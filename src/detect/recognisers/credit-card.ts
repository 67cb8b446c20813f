import { isIssued } from "./_card-issuers.ts";
import { allSame, digitsOf, luhn } from "./_checksums.ts";
import { disclaimed, isApart, labelled, labels } from "./_context.ts";
import { unwrapped, WIDE_GAP } from "./_wrapped-groups.ts";
import type { Recogniser } from "./recogniser.ts";

// Behind a label: lengths and ranges no longer handed out, or that anything could have (Maestro, JCB, enRoute).
const KNOWN = /^(?:[3-6]|0604|1800|2131|2014|2149|2[2-7])\d+$/;
const GROUPED = /^\d+$|^\d{4}(\D)\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?$|^\d{4}(\D)\d{6}\2\d{4,5}$|^\d{8}\D\d{8}$/;
// The rest of a number that has begun before it: of a card whose check failed, or of an IBAN.
const GAPS = " -\u00a0\u202f.";
const IBAN = /\b[A-Z]{2}\d{2}(?:[ -]?[\dA-Z]{4}){1,7}[ -]?$/i;
const LONGEST_IBAN = 42;

// Without what lines, tables, query strings and names of files put between the groups.
const PLAIN = /^\d+(?:[ .-]\d+)*$/;

const CARD = labels(
  ..."card,card number,card no,credit card,creditcard,debit card,pan,visa,mastercard,maestro,amex,american express,cc".split(
    ",",
  ),
  ..."karte,karten,kartennummer,kreditkarte,kreditkartennummer,bankkarte,carte,carte bancaire,carte bleue,numero de carte".split(
    ",",
  ),
  ..."tarjeta,numero de tarjeta,carta,carta di credito,numero della carta,cartao,numero do cartao,kaart,kaartnummer".split(
    ",",
  ),
  ..."creditcardnummer,karta,karty,kart,karte nr,kort,kortnummer,kortti,card de credit,kreditkort".split(","),
);

function goesOn(before: string): boolean {
  const last = before.length - 1;
  if (isDigit(before, last) || (isDigit(before, last - 1) && GAPS.includes(before[last]!))) return true;
  return isDigitOrLetter(before, last) || isDigitOrLetter(before, last - 1)
    ? IBAN.test(before.slice(-LONGEST_IBAN))
    : false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function isDigitOrLetter(text: string, at: number): boolean {
  const small = text.charCodeAt(at) | 32;
  return isDigit(text, at) || (small >= 97 && small <= 122);
}

const HALVES = /^\d{8}-\d{8}$/;
const GAP = "[ \\-.\u00a0\u202f\u2011]";

const FOURS = /^\d{4}\D\d/;

/** So many other words behind a label, and a number in one piece is no longer its own; by a word of paying, one. */
const FAR = 2;
const PAID =
  /\b(?:with|using|use|by|on|via|from|paid|pay|pays|charged?|charge to|refund(?:ed)? to|mit|von|per|bezahlt|belastet|avec|par|pay[ée]e?|con|pagad[oa]|com|pag[oa]|met|betaald|z|zapłacon[oa])\W{1,3}$/iu;

// What tools call whatever they answer.
const WRAPPER = /\b(?:result|output|response|answer)s?\W{1,6}$/i;

/** Payment card numbers (ISO/IEC 7812): Luhn's check and an issuer's range, or the check and a label in front. */
export const creditCard = {
  name: "credit-card",
  entity: "CREDIT_CARD",
  group: "payment",
  // grouped as printed, and no other way: any grouping would have every row of figures looked at
  patterns: [
    "\\d{12,19}",
    `\\d{4}${GAP}\\d{4}${GAP}\\d{4}${GAP}\\d{4}(?:${GAP}\\d{1,3})?`,
    `\\d{4}${GAP}\\d{6}${GAP}\\d{4,5}`,
    `\\d{8}${GAP}\\d{8}`,
    `\\d{4}(?:${WIDE_GAP}\\d{4}){3}`,
    `\\d{4}${WIDE_GAP}\\d{6}${WIDE_GAP}\\d{5}`,
  ],
  priority: 30,
  canBegin: (before, isNext = false) => isNext || !goesOn(before),
  valid(written, before, isNext = false) {
    if (!isNext && goesOn(before)) return false;
    const text = PLAIN.test(written) ? written : unwrapped(written);
    const digits = digitsOf(text);
    if (!GROUPED.test(text) || !luhn(digits) || allSame(digits)) return false;
    if (labelled(before, CARD)) return KNOWN.test(digits);
    // a range of places
    if (HALVES.test(text)) return false;
    if (!isIssued(digits)) return false;
    if (isNext || !disclaimed(before, CARD)) return true;
    // printed as cards are: no shop groups its numbers so, with the check and the range besides
    return FOURS.test(text) || WRAPPER.test(before) || isApart(before, PAID.test(before) ? 1 : FAR);
  },
} as const satisfies Recogniser;
