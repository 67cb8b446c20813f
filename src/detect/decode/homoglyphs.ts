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
const LOOKS_LIKE = new Map(PAIRS.split(" ").map((pair) => [pair[0]!, pair[1]!]));

const FOREIGN = /[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff]/;
const WORD = /[A-Za-z\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff]+/g;
const LATIN = /[A-Za-z]/;

/** A text with the look-alikes of mixed words made Latin, and how many words that were. Length stays. */
export interface Unmasked {
  readonly text: string;
  readonly words: number;
}

/** Makes look-alikes in mixed words Latin. Where nothing is mixed the text comes back as it is. */
export function unmaskHomoglyphs(source: string): Unmasked {
  if (!FOREIGN.test(source)) return { text: source, words: 0 };
  let mixed = 0;
  let foreign = 0;
  for (const [word] of source.matchAll(WORD)) {
    if (!FOREIGN.test(word)) continue;
    if (LATIN.test(word)) mixed++;
    else foreign++;
  }
  if (mixed === 0) return { text: source, words: 0 };
  let words = 0;
  const text = source.replaceAll(WORD, (word) => {
    const isMixed = LATIN.test(word);
    if (!(FOREIGN.test(word) && (isMixed || mixed >= foreign))) return word;
    const plain = [...word].map((char) => LOOKS_LIKE.get(char) ?? char).join("");
    // a foreign word that is not all look-alikes is one
    if (plain === word || (!isMixed && FOREIGN.test(plain))) return word;
    words++;
    return plain;
  });
  return { text, words };
}
