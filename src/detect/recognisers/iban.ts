import { once } from "../../lib/once.ts";
import { compact, digitsOf, mod97 } from "./_checksums.ts";
import { GAP } from "./_separators.ts";
import { unwrapped, WIDE_GAP } from "./_wrapped-groups.ts";
import type { Recogniser } from "./recogniser.ts";

// SWIFT's IBAN registry, release 99: country and length.
const LENGTHS = (
  "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 " +
  "FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 " +
  "LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 " +
  "RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
).split(" ");
/** By the country's two letters. */
const BY_COUNTRY = new Float64Array(1024).fill(Number.POSITIVE_INFINITY);
for (const entry of LENGTHS) BY_COUNTRY[countryOf(entry)] = Number(entry.slice(2));
const UNIT = "[a-zA-Z\\d]";

/** Per length its countries, so that each number has but one end that is looked at, and no other word is held back. */
const patternsOfLengths = once((): readonly string[] => {
  const byLength = Map.groupBy(LENGTHS, (entry) => Number(entry.slice(2)));
  return [...byLength].flatMap(([length, entries]) => {
    const countries = entries.map(
      (entry) => `[${entry[0]}${entry[0]!.toLowerCase()}][${entry[1]}${entry[1]!.toLowerCase()}]`,
    );
    const head = `(?:${countries.join("|")})\\d{2}`;
    const rest = length % 4 === 0 ? "" : `${WIDE_GAP}${UNIT}{${length % 4}}`;
    const parted = entries.map((entry) => entry.slice(0, 2)).join("|");
    const last = length % 4 === 0 ? "" : ` ${UNIT}{${length % 4}}`;
    return [
      // PL 61 1090 1014 …
      `(?:${parted}) \\d{2}(?: ${UNIT}{4}){${Math.floor(length / 4) - 1}}${last}`,
      `${head}(?:${GAP}?${UNIT}){${length - 4}}`,
      `${head}(?:${WIDE_GAP}${UNIT}{4}){${Math.floor(length / 4) - 1}}${rest}`,
    ];
  });
});
// Whose letters and digits are none of the number's.
const ESCAPES = /[%&]/;
// In fours from the left, as printed; or without any gap.
const GROUPED = /^[^\W_]+$|^[A-Z]{2}\d\d([^0-9A-Z])(?:[0-9A-Z]{4}\1)*[0-9A-Z]{1,4}$/i;

// As a country's banks group theirs: NL91 ABNA 0417164300, IT60 X 05428 11101 000000123456, FR76 30006 00001 12345678901 89.
const NATIONAL = /^[A-Z]{2}\d\d([^0-9A-Z])[0-9A-Z]{1,12}(?:\1[0-9A-Z]{2,20}){1,5}$/i;

// What lines, tables, query strings and names of files put between the groups.
const WIDE = /[%&\n\t\u00b7_/+]| {2}/;

/** Whether it is in groups of its country's: then it is mostly digits, as words are not. */
function isNational(text: string, length: number): boolean {
  return NATIONAL.test(text) && digitsOf(text).length >= 0.6 * length;
}

/** The two letters at the head of a text, small or not, five bits each. */
function countryOf(text: string): number {
  return (text.charCodeAt(0) & 31) * 32 + (text.charCodeAt(1) & 31);
}

/** How many letters A to Z and digits there are. */
function unitsOf(text: string): number {
  let units = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 32;
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) units++;
  }
  return units;
}

/** International bank account numbers (ISO 13616): the country's length and MOD 97-10. */
export const iban = {
  name: "iban",
  entity: "IBAN",
  group: "payment",
  get patterns() {
    return patternsOfLengths();
  },
  priority: 10,
  valid(found) {
    const written = found[2] === " " ? found.slice(0, 2) + found.slice(3) : found;
    const length = BY_COUNTRY[countryOf(written)]!;
    if (written.length < length) return false;
    // asked first, and without a look at anything else: of all the ends it might have one is right
    if (unitsOf(written) !== length && !ESCAPES.test(written)) return false;
    // With a gap after every fourth character it is a quarter longer.
    const isWide = WIDE.test(written);
    if (!isWide && written.length > length * 1.25) return false;
    const text = isWide ? unwrapped(written) : written;
    if (text.length < length || text.length > length * 1.25) return false;
    if (unitsOf(text) !== length || (!GROUPED.test(text) && !isNational(text, length))) return false;
    const code = compact(text);
    return mod97(code.slice(4) + code.slice(0, 4)) === 1;
  },
} as const satisfies Recogniser;
