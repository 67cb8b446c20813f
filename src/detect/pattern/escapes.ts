import { type CharSet, complement, LAST } from "./char-set.ts";
import { DIGITS, propertySet, SPACE, WORD } from "./unicode.ts";

/** The set an escape stands for and where it ends; a string: what is wrong with it. */
export type Escaped = { readonly set: CharSet; readonly end: number } | string;

const SETS: Readonly<Record<string, CharSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0, a: 7, e: 27 };

/** `\d`, `\p{L}` and their like at `at`; null where another kind of escape stands there. */
export function setEscape(source: string, at: number): Escaped | null {
  const letter = source[at + 1] ?? "";
  const set = SETS[letter];
  if (set !== undefined) return { set, end: at + 2 };
  if (letter !== "p" && letter !== "P") return null;
  const [whole, name, short] = /^\\[pP](?:\{([^}]*)\}|([A-Z]))/.exec(source.slice(at, at + 90)) ?? [];
  const property = propertySet(name ?? short ?? "");
  if (whole === undefined || property === null) return "an unknown Unicode property";
  return { set: letter === "P" ? complement(property) : property, end: at + whole.length };
}

/** `\n`, `\x41`, `\u00e9`, `\u{1F600}` or an escaped sign at `at`. */
export function hexEscape(source: string, at: number): Escaped {
  const letter = source[at + 1];
  if (letter === undefined) return 'a single "\\"';
  const control = CONTROLS[letter];
  if (control !== undefined) return { set: [control, control], end: at + 2 };
  const [whole, two, braced, pair, four] =
    /^\\(?:x([0-9a-fA-F]{2})|[xu]\{([0-9a-fA-F]{1,6})\}|u([dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(
      source.slice(at, at + 12),
    ) ?? [];
  if (whole !== undefined) {
    const code = pair === undefined ? Number.parseInt((two ?? braced ?? four)!, 16) : codeOfPair(pair);
    if (code > LAST) return "a code point beyond the last one";
    return { set: [code, code], end: at + whole.length };
  }
  if (/[A-Za-z0-9]/.test(letter)) return `the unknown escape "\\${letter}"`;
  const code = source.codePointAt(at + 1)!;
  return { set: [code, code], end: at + 1 + (code > 0xffff ? 2 : 1) };
}

function codeOfPair(pair: string): number {
  const high = Number.parseInt(pair.slice(0, 4), 16);
  const low = Number.parseInt(pair.slice(6), 16);
  return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000;
}
