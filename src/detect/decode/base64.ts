import { ASCII_DIGITS, ASCII_LETTERS, asciiTable } from "../ascii-table.ts";
import { MOST_BYTES, readable } from "./bytes.ts";
import { nextRun } from "./char-runs.ts";

/** A run, and the lines that go on with it. Whatever it begins with it ends with, so that no text makes it look twice. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}(?:[\r\n]{1,2}[A-Za-z0-9+/_-]{4,}={0,2})*/y;
/** Letters that a line of it has at least, and the whole. */
const SHORTEST_RUN = 16;
const SHORTEST_BASE64 = 24;
const BASE64_RUN = {
  sort: { ascii: asciiTable([`${ASCII_LETTERS}${ASCII_DIGITS}+/_-`, 1]), others: false },
  least: SHORTEST_RUN,
};

/** Decodes what looks like base64, line breaks allowed; the texts are joined by line breaks. */
export function decodeBase64(source: string): string | null {
  const found: string[] = [];
  let spent = 0;
  for (let at = nextRun(source, 0, BASE64_RUN); at >= 0; at = nextRun(source, at, BASE64_RUN)) {
    BASE64.lastIndex = at;
    const run = BASE64.exec(source)![0];
    at += run.length;
    for (const text of spent >= MOST_BYTES ? [] : textsOf(run.slice(0, MOST_BYTES))) {
      spent += text.length;
      found.push(text);
    }
  }
  return found.length === 0 ? null : found.join("\n");
}

/** What lines of base64 spell: signs that fill a line up end a text, and lines that are none together may be one each. */
function textsOf(run: string): readonly string[] {
  return run.split(/(?<==)[\r\n]+/).flatMap((part) => {
    const whole = textOf(part);
    if (whole !== null) return [whole];
    const lines = part.split(/[\r\n]+/);
    if (lines.length === 1) return [];
    return lines.flatMap((line) => (line.length < SHORTEST_BASE64 ? [] : (textOf(line) ?? [])));
  });
}

function textOf(lines: string): string | null {
  const letters = lines.replaceAll(/[\r\n=]+/g, "");
  return letters.length < SHORTEST_BASE64 || isOneWord(letters) ? null : base64Text(letters);
}

/** Long words and paths are letters of base64 too: theirs are all small, or all capital, or all digits. */
function isOneWord(letters: string): boolean {
  return /^[a-z_/-]+$|^[A-Z_/-]+$|^[0-9]+$/.test(letters);
}

function base64Text(letters: string): string | null {
  if (!mayBeText(letters)) return null;
  const standard = letters.replaceAll("-", "+").replaceAll("_", "/");
  const whole = standard.length % 4 === 1 ? standard.slice(0, -1) : standard;
  return readable(Buffer.from(whole, "base64"));
}

/** What each letter of base64 stands for; the last two also for addresses. */
const LETTERS = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz${ASCII_DIGITS}+/`;
const SIX_BITS = new Uint8Array(128);
for (let at = 0; at < LETTERS.length; at++) SIX_BITS[LETTERS.charCodeAt(at)] = at;
SIX_BITS["-".charCodeAt(0)] = LETTERS.indexOf("+");
SIX_BITS["_".charCodeAt(0)] = LETTERS.indexOf("/");

/** Letters that are looked at before all are decoded: whole groups of four, of which there are as many at least. */
const TASTE = 20;
const tasted = new Uint8Array((TASTE / 4) * 3);

/** Whether the first bytes may begin a text. Most of what is written in these letters is keys and hashes: random bytes. */
function mayBeText(letters: string): boolean {
  for (let at = 0, byte = 0; at < TASTE; at += 4) {
    let group = 0;
    for (let place = at; place < at + 4; place++) group = (group << 6) | SIX_BITS[letters.charCodeAt(place)]!;
    tasted[byte++] = group >> 16;
    tasted[byte++] = group >> 8;
    tasted[byte++] = group;
  }
  return (tasted[1] === 0 && tasted[3] === 0) || beginsUtf8(tasted);
}

/** Whether no byte is out of place as far as they go; whether what they spell is allowed is not asked. */
function beginsUtf8(bytes: Uint8Array): boolean {
  let follow = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const isFollowing = byte >= 0x80 && byte < 0xc0;
    if (isFollowing !== follow > 0) return false;
    if (isFollowing) follow--;
    else if (byte >= 0xc0) {
      if (byte > 0xf4) return false;
      follow = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    }
  }
  return true;
}
