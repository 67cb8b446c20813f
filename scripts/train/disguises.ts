/** Ways to write a text so that a filter does not see it and a model does. */

const CYRILLIC: Readonly<Record<string, string>> = {
  a: "а",
  c: "с",
  e: "е",
  i: "і",
  o: "о",
  p: "р",
  s: "ѕ",
  x: "х",
  y: "у",
};
const LEET: Readonly<Record<string, string>> = { a: "4", e: "3", i: "1", o: "0", s: "5", t: "7" };

const bytes = (text: string): readonly number[] => [...Buffer.from(text)];
const turned = (text: string): string => [...text].reverse().join("");
const letters = (text: string, to: (letter: string) => string): string => [...text].map(to).join("");

function rot13(letter: string): string {
  if (!/[a-z]/i.test(letter)) return letter;
  const base = letter <= "Z" ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
}

/** Every disguise, by name. */
export const DISGUISES: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => Buffer.from(text).toString("base64"),
  hex: (text) => Buffer.from(text).toString("hex"),
  "percent escapes": encodeURIComponent,
  entities: (text) => letters(text, (letter) => `&#${letter.codePointAt(0)};`),
  "\\u escapes": (text) => letters(text, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`),
  ROT13: (text) => letters(text, rot13),
  backwards: turned,
  leet: (text) => letters(text, (letter) => LEET[letter.toLowerCase()] ?? letter),
  "spaced letters": (text) => [...text].join(" "),
  "zero-width": (text) => [...text].join("\u200b"),
  homoglyphs: (text) => letters(text, (letter) => CYRILLIC[letter] ?? letter),
  "full-width": (text) =>
    letters(text, (letter) =>
      letter > " " && letter < "~" ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0) : letter,
    ),
  "Unicode tags": (text) => letters(text, (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))),
  "variation selectors": (text) =>
    bytes(text)
      .map((byte) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16))
      .join(""),
};
