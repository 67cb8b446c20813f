import { isUtf8 } from "node:buffer";

/** A text that came as a file in base64, and the file that another text would be. */
export interface FileText {
  readonly text: string;
  wrap(text: string): string;
}

/** What stands in front of the base64 of a `data:` URL. */
export const DATA_URL = /^data:[^,]{0,200};base64,/i;

/** By so many letters is told whether a file is text: 1,023 bytes, a multiple of what four letters hold. */
const LETTERS_LOOKED_AT = 1_364;
/** Letters of base64, with the line breaks that mail puts between them. */
const BASE64 = /^[A-Za-z0-9+/_\-\r\n]*={0,2}[\r\n]*$/;
const SHORTEST = 4;
/** Its text is written in pieces, by offsets: nobody can take something out of the middle. */
const PDF = /^%PDF-/;

/** The text of a file in base64, with or without the head of a `data:` URL; null where it is none. */
export function fileText(value: string): FileText | null {
  const head = DATA_URL.exec(value)?.[0] ?? "";
  const letters = value.slice(head.length, head.length + LETTERS_LOOKED_AT);
  if (!BASE64.test(letters)) return null;
  const first = Buffer.from(letters, "base64");
  if (first.length < SHORTEST) return null;
  const isText = /^data:text\//i.test(head);
  const isAll = value.length - head.length <= LETTERS_LOOKED_AT;
  const encoding = encodingOf(first, isText, isAll);
  if (encoding === null) return null;
  const bytes = isAll ? first : Buffer.from(value.slice(head.length), "base64");
  // what begins with letters of one byte each may go on otherwise
  const whole = encoding === "utf8" && !isUtf8(bytes) ? (isText ? "latin1" : null) : encoding;
  if (whole === null) return null;
  return { text: bytes.toString(whole), wrap: (text) => head + Buffer.from(text, whole).toString("base64") };
}

type Encoding = "utf8" | "latin1" | "utf16le";

/** How the beginning of a file says text; null: it is none. */
function encodingOf(first: Buffer, isText: boolean, isAll: boolean): Encoding | null {
  if (first[0] === 0xff && first[1] === 0xfe && saysText(first.toString("utf16le"))) return "utf16le";
  const end = isAll ? first.length : wholeCharacters(first);
  const looked = first.subarray(0, end);
  if (isUtf8(looked)) return saysText(looked.toString("utf8")) ? "utf8" : null;
  return isText && saysText(first.toString("latin1")) ? "latin1" : null;
}

/** Where the last character of UTF-8 begins, since it may be cut. */
function wholeCharacters(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 3 && (bytes[end - 1]! & 0xc0) === 0x80) end--;
  return end > 0 && bytes[end - 1]! >= 0xc0 ? end - 1 : bytes.length;
}

/** Tab, line feed, form feed, carriage return and escape: other control characters stand in no text. */
const BLANKS: ReadonlySet<number> = new Set([9, 10, 12, 13, 27]);

function saysText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 32 && !BLANKS.has(code)) || code === 127) return false;
  }
  return !PDF.test(text);
}
