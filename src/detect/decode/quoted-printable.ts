/** Bodies of e-mails as they travel: `w=C3=B6rtlich`, `=20`, and lines that are broken by a `=` at their end. */
import { readable } from "./bytes.ts";

const ESCAPED = /(?:=[0-9A-F]{2})+/g;
const BROKEN_LINE = /=[ \t]*\r?\n/g;
/** A blank in front of a word, a letter of more than one byte, a line that goes on: each stands in other texts by chance. */
const SIGN = /=20(?=[A-Za-z=])|=[C-F][0-9A-F]=[89AB][0-9A-F]|[^\s=]=\r?\n(?=\S)/g;
/** Nobody else writes so. */
const ALL_ESCAPED = /(?:=[2-7][0-9A-F]){6}/;
const FEWEST_SIGNS = 2;

/** The text without quoted-printable escapes (RFC 2045); null where it has hardly any. */
export function decodeQuotedPrintable(source: string): string | null {
  if (!ALL_ESCAPED.test(source) && !hasSigns(source)) return null;
  return source.replaceAll(BROKEN_LINE, "").replaceAll(ESCAPED, (run) => {
    const bytes = Uint8Array.fromHex(run.replaceAll("=", ""));
    return readable(bytes) ?? latin.decode(bytes);
  });
}

const latin = new TextDecoder("latin1");

function hasSigns(source: string): boolean {
  let signs = 0;
  for (const _ of source.matchAll(SIGN)) if (++signs === FEWEST_SIGNS) return true;
  return false;
}
