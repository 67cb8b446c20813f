import { ASCII_DIGITS, asciiTable } from "../ascii-table.ts";
import { decodeBase64 } from "./base64.ts";
import { MOST_BYTES, readable } from "./bytes.ts";
import { nextRun, runEnd, type Sort } from "./char-runs.ts";
import { decodeDecimals, mayHoldDecimals } from "./decimals.ts";
import { mayHoldMarks, unmarkWords } from "./marked-words.ts";
import { decodeQuotedPrintable } from "./quoted-printable.ts";
import { type Rewriting, rewritten } from "./rewriting.ts";

/** Encodings that a text can be wrapped in: base64, hexadecimal, percent escapes, entities, backslash escapes, e-mail, marks. */

/** A text that was uncovered in another one. */
export interface Uncovered {
  readonly how: string;
  readonly text: string;
  /** Where something else stands than in the other one, if that is known; see {@link Rewriting.changed}. */
  readonly changed?: Rewriting["changed"] | undefined;
}

const HEX = /(?:(?:0x|\\x)?[0-9a-fA-F]{2}[\s:,;-]{0,2}){16,}/g;

/** Decodes runs of 32 or more hexadecimal digits, by themselves or parted by `0x`, `\x`, blanks, colons, commas. */
export function decodeHex(source: string): string | null {
  if (!/\d[\da-fA-F]?[^\da-zA-Z]{0,2}(?:0x|\\x)?[\da-fA-F]{1,2}[^\da-zA-Z]{0,2}(?:0x|\\x)?[\da-fA-F]/.test(source))
    return null;
  const found: string[] = [];
  for (const run of hexRuns(source)) {
    const digits = run.replaceAll(/0x|\\x|[\s:,;-]/g, "").slice(0, MOST_BYTES);
    if (/^[0-9]+$/.test(digits) && digits.length < 40) continue;
    const text = hexText(Uint8Array.fromHex(digits.length % 2 === 0 ? digits : digits.slice(0, -1)));
    if (text !== null) found.push(text);
  }
  return found.length === 0 ? null : found.join("\n");
}

/** The bytes as text, also without the first or the last of them: the words beside may end or begin as bytes do (`See: 49`). */
function hexText(bytes: Uint8Array): string | null {
  return (
    readable(bytes) ?? readable(bytes.subarray(1)) ?? readable(bytes.subarray(0, -1)) ?? readable(bytes.subarray(1, -1))
  );
}

const FEWEST_HEX_DIGITS = 32;
const HEX_DIGITS = `${ASCII_DIGITS}abcdefABCDEF`;
const IS_HEX_DIGIT = asciiTable([HEX_DIGITS, 1]);
/** Digits, and blanks, signs and prefixes between them; what is not ASCII may be a blank. */
const HEX_SIGNS: Sort = { ascii: asciiTable([`${HEX_DIGITS} \t\n\v\f\r:,;x\\-`, 1]), others: true };
const HEX_RUN = { sort: HEX_SIGNS, least: FEWEST_HEX_DIGITS };

/** What {@link HEX} matches. Looked for only where enough of it stands together: it reads on from every digit. */
function hexRuns(source: string): readonly string[] {
  const runs: string[] = [];
  for (let at = nextRun(source, 0, HEX_RUN); at >= 0; at = nextRun(source, at, HEX_RUN)) {
    const start = at;
    at = runEnd(source, start, HEX_SIGNS);
    if (digitsIn(source, start, at) < FEWEST_HEX_DIGITS) continue;
    for (const [run] of source.slice(start, at).matchAll(HEX)) runs.push(run);
  }
  return runs;
}

function digitsIn(source: string, start: number, end: number): number {
  let digits = 0;
  for (let at = start; at < end; at++) digits += IS_HEX_DIGIT[source.charCodeAt(at)] ?? 0;
  return digits;
}

const OCTET = { sort: { ascii: asciiTable(["01", 1]), others: false }, least: 8 };
const BITS = /(?:[01]{8}[\s,]{0,2}){6,}/g;

/** Decodes runs of octets of ones and noughts. */
function decodeBits(source: string): string | null {
  if (nextRun(source, 0, OCTET) < 0) return null;
  const found: string[] = [];
  for (const [run] of source.matchAll(BITS)) {
    const bits = run.replaceAll(/[^01]/g, "").slice(0, 8 * MOST_BYTES);
    const bytes = Uint8Array.from({ length: bits.length >> 3 }, (_, at) =>
      Number.parseInt(bits.slice(8 * at, 8 * at + 8), 2),
    );
    const text = readable(bytes);
    if (text !== null) found.push(text);
  }
  return found.length === 0 ? null : found.join("\n");
}

/** As few escapes as make a text worth a second look. */
const FEWEST_ESCAPES = 3;
const PERCENT = /(?:%[0-9a-fA-F]{2})+/g;

/** The text without percent escapes; null where it has hardly any. */
function decodePercent(source: string): Rewriting | null {
  if (countOf(source, PERCENT) < 2 && !/(?:%[0-9a-fA-F]{2}){8}/.test(source)) return null;
  return rewritten(source, PERCENT, ([run]) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));?/g;

/** The text without entities of HTML; null where it has hardly any numbered ones. */
function decodeEntities(source: string): Rewriting | null {
  if (countOf(source, /&#/g) < FEWEST_ESCAPES) return null;
  return rewritten(source, ENTITY, ([whole, decimal, hex, name]) => {
    if (name !== undefined) return NAMED[name]!;
    return character(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal), whole);
  });
}

const ESCAPE =
  /\\(?:u\{([0-9a-fA-F]{1,6})\}|[uU]([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{2}))|U\+([0-9a-fA-F]{4,5})\s?/g;

/** The text without backslash escapes of JavaScript, Python and C, and without `U+0041`; null where it has hardly any. */
function decodeBackslashes(source: string): Rewriting | null {
  if (countOf(source, ESCAPE) < FEWEST_ESCAPES) return null;
  return rewritten(source, ESCAPE, ([whole, braced, short, byte, octal, named]) => {
    if (octal !== undefined) return character(Number.parseInt(octal, 8), whole);
    const hex = braced ?? short ?? byte ?? named;
    return character(Number.parseInt(hex!, 16), whole);
  });
}

function character(codePoint: number, otherwise: string): string {
  return codePoint > 0x10ffff ? otherwise : String.fromCodePoint(codePoint);
}

/** How often a pattern occurs, up to the number that matters. */
function countOf(source: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of source.matchAll(pattern)) {
    if (++count === FEWEST_ESCAPES) break;
  }
  return count;
}

/** Every encoding that the text is or holds, decoded. */
export function decodeEncodings(source: string): readonly Uncovered[] {
  const found: Uncovered[] = [];
  for (const [how, decode, mayHold] of DECODERS) {
    const undone = mayHold(source) ? decode(source) : null;
    if (undone === null) continue;
    const { text, changed } = typeof undone === "string" ? { text: undone, changed: undefined } : undone;
    if (text !== source) found.push({ how, text, changed });
  }
  return found;
}

const always = (): boolean => true;

/** Each with what tells at little cost that it would find nothing. */
const DECODERS: readonly (readonly [
  string,
  (source: string) => string | Rewriting | null,
  (source: string) => boolean,
])[] = [
  ["percent", decodePercent, (source) => source.includes("%")],
  ["entities", decodeEntities, (source) => source.includes("&#")],
  ["escapes", decodeBackslashes, (source) => source.includes("\\") || source.includes("U+")],
  ["quoted-printable", decodeQuotedPrintable, (source) => source.includes("=")],
  ["marks", unmarkWords, mayHoldMarks],
  ["base64", decodeBase64, always],
  ["hex", decodeHex, always],
  ["binary", decodeBits, always],
  ["decimal", decodeDecimals, mayHoldDecimals],
];
