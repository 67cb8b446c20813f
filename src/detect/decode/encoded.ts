import { isUtf8 } from "node:buffer";
import { asciiTable } from "../ascii-table.ts";
import { type Traits, traitsOf } from "./traits.ts";

/** Encodings that a text can be wrapped in: base64, hexadecimal, percent escapes, entities, backslash escapes. */

/** A text that was uncovered in another one. */
export interface Uncovered {
  readonly how: string;
  readonly text: string;
}

/** Bytes that are decoded of one text at most. */
export const MOST_BYTES = 65_536;

const decoder = new TextDecoder();

/** The bytes as text; null where they are none: broken UTF-8, or more than one in ten a control character. */
function readable(bytes: Uint8Array): string | null {
  // asked first: an exception for each of many broken ones would cost more than all the rest
  if (!isUtf8(bytes)) return readableWide(bytes);
  const text = decoder.decode(bytes);
  return isReadable(text) ? text : readableWide(bytes);
}

/** UTF-16, as PowerShell encodes commands. */
function readableWide(bytes: Uint8Array): string | null {
  if (bytes.length < 8 || bytes.length % 2 === 1 || bytes[1] !== 0 || bytes[3] !== 0) return null;
  const text = new TextDecoder("utf-16le").decode(bytes);
  return isReadable(text) ? text : null;
}

function isReadable(text: string): boolean {
  let controls = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127 || code === 0xfffd) controls++;
  }
  return text.length > 0 && controls * 10 < text.length;
}

/** A run, and the lines that go on with it. Whatever it begins with it ends with, so that no text makes it look twice. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}(?:[\r\n]{1,2}[A-Za-z0-9+/_-]{4,}={0,2})*/g;
/** Letters that a line of it has at least, and the whole. */
const SHORTEST_RUN = 16;
const SHORTEST_BASE64 = 24;

/** Decodes what looks like base64, line breaks allowed; the texts are joined by line breaks. */
export function decodeBase64(source: string): string | null {
  const found: string[] = [];
  let spent = 0;
  for (const [run] of source.matchAll(BASE64)) {
    const letters = run.replaceAll(/[\r\n=]+/g, "");
    if (letters.length < SHORTEST_BASE64 || spent >= MOST_BYTES || isOneWord(letters)) continue;
    const text = base64Text(letters.slice(0, MOST_BYTES));
    if (text === null) continue;
    spent += text.length;
    found.push(text);
  }
  return found.length === 0 ? null : found.join("\n");
}

/** Long words and paths are letters of base64 too: theirs are all small, or all capital, or all digits. */
function isOneWord(letters: string): boolean {
  return /^[a-z_/-]+$|^[A-Z_/-]+$|^[0-9]+$/.test(letters);
}

function base64Text(letters: string): string | null {
  const standard = letters.replaceAll("-", "+").replaceAll("_", "/");
  const whole = standard.length % 4 === 1 ? standard.slice(0, -1) : standard;
  return readable(new Uint8Array(Buffer.from(whole, "base64")));
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
const HEX_DIGIT = 1;
/** Blanks, signs and prefixes between digits. */
const BETWEEN_HEX = 2;
const HEX_KINDS = asciiTable(["0123456789abcdefABCDEF", HEX_DIGIT], [" \t\n\v\f\r:,;x\\-", BETWEEN_HEX]);

/** What {@link HEX} matches. Looked for only where enough of it stands together: it reads on from every digit. */
function hexRuns(source: string): readonly string[] {
  const runs: string[] = [];
  let digits = 0;
  for (let at = 0, from = 0; at <= source.length; at++) {
    const code = source.charCodeAt(at);
    const kind = at === source.length ? 0 : code < 0x80 ? HEX_KINDS[code]! : BETWEEN_HEX;
    if (kind === HEX_DIGIT) digits++;
    if (kind !== 0) continue;
    if (digits >= FEWEST_HEX_DIGITS) {
      for (const [run] of source.slice(from, at).matchAll(HEX)) runs.push(run);
    }
    from = at + 1;
    digits = 0;
  }
  return runs;
}

const BITS = /(?:[01]{8}[\s,]{0,2}){6,}/g;

/** Decodes runs of octets of ones and noughts. */
export function decodeBits(source: string): string | null {
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
export function decodePercent(source: string): string | null {
  if (countOf(source, PERCENT) < 2 && !/(?:%[0-9a-fA-F]{2}){8}/.test(source)) return null;
  return source.replaceAll(PERCENT, (run) => {
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
export function decodeEntities(source: string): string | null {
  if (countOf(source, /&#/g) < FEWEST_ESCAPES) return null;
  return source.replaceAll(ENTITY, (whole, ...groups: (string | undefined)[]) => {
    const [decimal, hex, name] = groups;
    if (name !== undefined) return NAMED[name]!;
    return character(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal), whole);
  });
}

const ESCAPE =
  /\\(?:u\{([0-9a-fA-F]{1,6})\}|[uU]([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{2}))|U\+([0-9a-fA-F]{4,5})\s?/g;

/** The text without backslash escapes of JavaScript, Python and C, and without `U+0041`; null where it has hardly any. */
export function decodeBackslashes(source: string): string | null {
  if (countOf(source, ESCAPE) < FEWEST_ESCAPES) return null;
  return source.replaceAll(ESCAPE, (whole, ...groups: (string | undefined)[]) => {
    const octal = groups[3];
    if (octal !== undefined) return character(Number.parseInt(octal, 8), whole);
    const hex = groups[0] ?? groups[1] ?? groups[2] ?? groups[4];
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
export function decodeEncodings(source: string, traits: Traits = traitsOf(source)): readonly Uncovered[] {
  const found: Uncovered[] = [];
  for (const [how, decode, mayHold] of DECODERS) {
    const text = mayHold(source, traits) ? decode(source) : null;
    if (text !== null && text !== source) found.push({ how, text });
  }
  return found;
}

type MayHold = (source: string, traits: Traits) => boolean;

/** Each with what tells at little cost that it would find nothing. */
const DECODERS: readonly (readonly [string, (source: string) => string | null, MayHold])[] = [
  ["percent", decodePercent, (source) => source.includes("%")],
  ["entities", decodeEntities, (source) => source.includes("&#")],
  ["escapes", decodeBackslashes, (source) => source.includes("\\") || source.includes("U+")],
  ["base64", decodeBase64, (_, { base64 }) => base64 >= SHORTEST_RUN],
  ["hex", decodeHex, () => true],
  ["binary", decodeBits, (_, { bits }) => bits >= 8],
];
