/** Writings that a reader undoes in the head: ROT13, backwards, leet, spaced letters. */
import { knownShare } from "../injection/known.ts";
import { cipherRuns } from "./cipher-runs.ts";
import type { Uncovered } from "./encoded.ts";
import { isMixed, leet, mixedWords, sampleOf } from "./leet.ts";
import { changedWords, knownAmong } from "./rewriting.ts";
import { partWords } from "./segment.ts";
import { isSpaced, joined } from "./spaced.ts";

/** Above this share of known words a text is plain language, and nothing has to be undone. */
const PLAIN = 0.25;
/** How much of a text is read one way and another to find out which way makes sense. */
const TASTE = 400;
/** A reading must know this much more of its words to be taken. */
const GAIN = 0.15;

const rot13 = (text: string): string =>
  written(text.length, (at) => {
    const code = text.charCodeAt(at);
    const small = code | 32;
    if (small < 97 || small > 122) return code;
    return small < 110 ? code + 13 : code - 13;
  });

/** Turned round by characters: the two units of one stay in their order. */
function backwards(text: string): string {
  if (SURROGATE.test(text)) return [...text].reverse().join("");
  return written(text.length, (at) => text.charCodeAt(text.length - 1 - at));
}

const SURROGATE = /[\ud800-\udfff]/;
const wordsBackwards = (text: string): string => text.replaceAll(/\p{L}+/gu, backwards);

/** A text by the codes of its units: put together at once, not unit by unit. */
function written(length: number, codeAt: (at: number) => number): string {
  let text = "";
  for (let from = 0; from < length; from += codes.length) {
    const size = Math.min(codes.length, length - from);
    for (let at = 0; at < size; at++) codes[at] = codeAt(from + at);
    text += String.fromCharCode.apply(null, (size < codes.length ? codes.subarray(0, size) : codes) as never);
  }
  return text;
}

const codes = new Uint16Array(1024);

/** What a text in disguise reads like; empty where it is plain language, or no reading makes it so. */
export function undoCiphers(text: string): readonly Uncovered[] {
  const found: Uncovered[] = [];
  const known = knownShare(text);
  const unspaced = isSpaced(text) ? joined(text) : text;
  const parted = partWords(unspaced);
  // where letters that stand apart are put together, too, it is not known what else changes
  if (parted !== null)
    found.push({ how: "spaced", text: parted.text, changed: unspaced === text ? parted.changed : undefined });
  else if (unspaced !== text) found.push({ how: "spaced", text: unspaced });
  const whole = known < PLAIN ? wholeReadings(text, known) : [];
  found.push(...(whole.length > 0 ? whole : stretchReadings(text)));
  if (isMixed(text)) {
    const mixed = mixedWords(text);
    // what is known is told by the head of a text alone
    if (knownShare(leet(sampleOf(text), mixed)) > known) {
      const unleeted = leet(text, mixed);
      const changed = (): readonly number[] => knownAmong(unleeted, changedWords(text, unleeted));
      if (unleeted !== text) found.push({ how: "leet", text: unleeted, changed });
    }
  }
  return found;
}

/** What a text reads like as a whole. */
function wholeReadings(text: string, known: number): readonly Uncovered[] {
  const taste = text.slice(0, TASTE);
  return READINGS.filter(([, undo]) => knownShare(undo(taste)) > known + GAIN).map(([how, undo]) => ({
    how,
    text: undo(text),
  }));
}

/** What stretches of it read like, with plain language around them. */
function stretchReadings(text: string): readonly Uncovered[] {
  return cipherRuns(text).flatMap(({ cipher, start, end }) => {
    const run = text.slice(start, end);
    return READINGS.filter(([how]) => how === cipher).map(([how, undo]) => ({ how, text: undo(run) }));
  });
}

const READINGS = [
  ["rot13", rot13],
  ["backwards", backwards],
  ["backwards", wordsBackwards],
] as const;
