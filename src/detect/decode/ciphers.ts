/** Writings that a reader undoes in the head: ROT13, backwards, leet, spaced letters. */
import { knownShare } from "../injection/known.ts";
import type { Uncovered } from "./encoded.ts";
import { partWords } from "./segment.ts";

/** Above this share of known words a text is plain language, and nothing has to be undone. */
const PLAIN = 0.45;
/** A reading must know this much more of its words to be taken. */
const GAIN = 0.25;

const rot13 = (text: string): string =>
  text.replaceAll(/[a-zA-Z]/g, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });

const backwards = (text: string): string => [...text].reverse().join("");
const wordsBackwards = (text: string): string => text.replaceAll(/\p{L}+/gu, backwards);

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "6": "g",
  "7": "t",
  "8": "b",
  "9": "g",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
  "+": "t",
  "(": "c",
};
const LEET_WORD =
  /[A-Za-z0-9@$!|+(]*(?:[A-Za-z][013456789@$!|+(]|[013456789@$|+(][A-Za-z])[A-Za-z0-9@$!|+(]*|\b4\b|\b1\b/g;

/** Words in which digits and signs stand for letters; `1` is an i unless the word is only known with an l. */
function leet(text: string): string {
  return text.replaceAll(LEET_WORD, (word) => {
    const plain = word.replaceAll(/[^A-Za-z](?!$)|[^A-Za-z!](?=$)/g, (sign) => LEET[sign] ?? sign);
    if (!/[1!]/.test(word) || knownShare(plain) > 0) return plain;
    const other = word.replaceAll(/[1!]/g, "l").replaceAll(/[^A-Za-z]/g, (sign) => LEET[sign] ?? sign);
    return knownShare(other) > 0 ? other : plain;
  });
}

const SPACED = /(?<![\p{L}\p{N}])[\p{L}\p{N}](?:([ ._*|/~-])[\p{L}\p{N}](?:\1[\p{L}\p{N}])*){1}(?![\p{L}\p{N}])/gu;
const SHORTEST_SPACED = 4;

/** Letters parted by single signs, put together: `i g n o r e   a l l`, `i.g.n.o.r.e`. */
function joined(text: string): string {
  return text
    .replaceAll(SPACED, (run, sign: string) => {
      const letters = run.split(sign);
      return letters.length < SHORTEST_SPACED && !/^[a-z]{2,3}$/i.test(letters.join("")) ? run : letters.join("");
    })
    .replaceAll(/[ ]{2,}/g, " ");
}

/** What a text in disguise reads like; empty where it is plain language, or no reading makes it so. */
export function undoCiphers(text: string): readonly Uncovered[] {
  const found: Uncovered[] = [];
  const known = knownShare(text);
  const unspaced = SPACED_RUN.test(text) ? joined(text) : text;
  const parted = partWords(unspaced);
  if (parted !== null) found.push({ how: "spaced", text: parted });
  else if (unspaced !== text) found.push({ how: "spaced", text: unspaced });
  if (known < PLAIN) {
    for (const [how, undo] of READINGS) {
      const reading = undo(text);
      if (reading !== text && knownShare(reading) > known + GAIN) found.push({ how, text: reading });
    }
  }
  const unleeted = leet(text);
  if (unleeted !== text && knownShare(unleeted) > known) found.push({ how: "leet", text: unleeted });
  return found;
}

const SPACED_RUN = /[\p{L}\p{N}]([ ._*|/~-])[\p{L}\p{N}](?:\1[\p{L}\p{N}]){3}/u;

const READINGS = [
  ["rot13", rot13],
  ["backwards", backwards],
  ["backwards", wordsBackwards],
] as const;
