/**
 * Letters of other scripts that look Latin, in words that mix scripts: `рassword` with a Cyrillic р. A word wholly in
 * another script is left alone, unless most words around it that are not Latin mix: then `ехес` is "exec". The table
 * holds the letters of Unicode's confusables (UTS 39) that stand on keyboards.
 */
const PAIRS =
  "аa бb вb гr еe зe иu јj кk мm нh оo рp сc тt уy хx ч4 ьb ѕs іi їi ԁd ԛq ԝw һh ӏl ґr пn шw ѵv ҽe єe яr " +
  "АA ВB СC ЕE НH ІI ЇI ЈJ КK МM ОO РP ЅS ТT ХX УY ҮY ѴV ԚQ ԜW ӀI Ьb ЯR " +
  "αa βb γy εe ηn ιi κk νv οo ρp τt υu χx ωw σo ϲc ϳj ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX " +
  "օo ոn սu ցg հh ԁd յj քp գq ՏS ՕO ՍU " +
  "ᎪA ᏴB ᏟC ᎠD ᎬE ᎻH ᏆI ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᏃZ";
/** By code the Latin letter that a letter looks like; 0: none. All stand below U+1400. */
const LOOKS_LIKE = new Uint16Array(0x1400);
for (const pair of PAIRS.split(" ")) LOOKS_LIKE[pair.charCodeAt(0)] = pair.charCodeAt(1);

const alike = new Map<string, string>();

/** The letters, small and capital, of other scripts that look like a small letter. */
export function lookAlikes(letter: string): string {
  let known = alike.get(letter);
  if (known === undefined) {
    const latin = latinOf(letter);
    const all = PAIRS.split(" ").flatMap(([other, plain]) => (plain!.toLowerCase() === latin ? [other!] : []));
    const own = scriptsIn(letter);
    known = [latin, latin.toUpperCase(), ...all].filter((other) => all.length > 0 && scriptsIn(other) !== own).join("");
    alike.set(letter, known);
  }
  return known;
}

/** The small Latin letter that a small letter is, or looks like; the letter itself where there is none. */
export function latinOf(letter: string): string {
  const code = LOOKS_LIKE[letter.charCodeAt(0)] ?? 0;
  return code === 0 ? letter : String.fromCharCode(code).toLowerCase();
}

/** Which scripts with letters that look alike a text has letters of, by their first letters: `L`, `C`, `LG`, … */
export function scriptsIn(text: string): string {
  return SCRIPTS.flatMap(([name, pattern]) => (pattern.test(text) ? [name] : [])).join("");
}

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["L", /\p{sc=Latin}/u],
  ["G", /\p{sc=Greek}/u],
  ["C", /\p{sc=Cyrillic}/u],
  ["A", /\p{sc=Armenian}/u],
  ["T", /\p{sc=Cherokee}/u],
];

const FOREIGN = /[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff]/;
/** What {@link kindOf} tells of a character: a bit each, none for what makes up no word. */
const LATIN = 1;
const OTHER = 2;

function kindOf(code: number): number {
  const small = code | 32;
  if (code < 0x80) return small >= 97 && small <= 122 ? LATIN : 0;
  return (code >= 0x370 && code <= 0x58f) || (code >= 0x13a0 && code <= 0x13ff) ? OTHER : 0;
}

/** Where the words with letters of other scripts begin and end and what they are made of: three numbers each. */
function foreignWords(source: string): readonly number[] {
  const words: number[] = [];
  for (let at = 0; at < source.length; at++) {
    let kind = kindOf(source.charCodeAt(at));
    if (kind === 0) continue;
    const start = at;
    let made = 0;
    for (; kind !== 0; kind = ++at < source.length ? kindOf(source.charCodeAt(at)) : 0) made |= kind;
    if ((made & OTHER) !== 0) words.push(start, at, made);
  }
  return words;
}

/** A text with the look-alikes of mixed words made Latin, and how many words that were. Length stays. */
export interface Unmasked {
  readonly text: string;
  readonly words: number;
}

/** Makes look-alikes in mixed words Latin. Where nothing is mixed the text comes back as it is. */
export function unmaskHomoglyphs(source: string): Unmasked {
  if (!FOREIGN.test(source)) return { text: source, words: 0 };
  const found = foreignWords(source);
  let mixed = 0;
  for (let at = 2; at < found.length; at += 3) if ((found[at]! & LATIN) !== 0) mixed++;
  if (mixed === 0) return { text: source, words: 0 };
  const isMostlyMixed = 2 * mixed >= found.length / 3;
  let words = 0;
  let text = "";
  let from = 0;
  for (let at = 0; at < found.length; at += 3) {
    const [start, end] = [found[at]!, found[at + 1]!];
    const isMixed = (found[at + 2]! & LATIN) !== 0;
    if (!(isMixed || isMostlyMixed)) continue;
    const plain = inLatin(source, start, end);
    // a foreign word that is not all look-alikes is one
    if (plain === null || (!isMixed && FOREIGN.test(plain))) continue;
    words++;
    text += source.slice(from, start) + plain;
    from = end;
  }
  return { text: from === 0 ? source : text + source.slice(from), words };
}

/** The word with the Latin letters that its own look like; null where none does. */
function inLatin(source: string, start: number, end: number): string | null {
  let plain = "";
  let isOther = false;
  for (let at = start; at < end; at++) {
    const latin = LOOKS_LIKE[source.charCodeAt(at)]!;
    if (latin !== 0) isOther = true;
    plain += latin === 0 ? source[at] : String.fromCharCode(latin);
  }
  return isOther ? plain : null;
}
