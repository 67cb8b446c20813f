import { readFileSync } from "node:fs";
import { decodeRanks } from "../../../src/lib/tokens/rank-file.ts";
import { createVocabulary, type Vocabulary, type VocabularyName } from "../../../src/lib/tokens/vocabulary.ts";
import { ROOT } from "../../support/source.ts";

const loaded = new Map<VocabularyName, Vocabulary>();

/** The bytes of a rank file of the repository. */
export const rankFile = (name: VocabularyName | "cl100k"): Uint8Array =>
  readFileSync(`${ROOT}config/tokenizers/${name}.ranks`);

/** A vocabulary of the repository, loaded once. */
export function vocabulary(name: VocabularyName): Vocabulary {
  const one = loaded.get(name) ?? createVocabulary(name, decodeRanks(rankFile(name)));
  loaded.set(name, one);
  return one;
}

/** Tokens of a text, all of it. */
export const countAll = (name: VocabularyName, text: string): number =>
  vocabulary(name).count(text, Number.POSITIVE_INFINITY).tokens;

/** A million units each of what is dear for naive tokenizers. */
export const HOSTILE: Readonly<Record<string, () => string>> = {
  letters: () => "a".repeat(1_000_000),
  capitals: () => "A".repeat(1_000_000),
  "letters of every kind": () => pseudoRandom((next) => String.fromCharCode(0x61 + (next() % 26))),
  spaces: () => " ".repeat(1_000_000),
  "line breaks": () => "\n".repeat(1_000_000),
  "mixed blanks": () => " \r".repeat(500_000),
  Chinese: () => "我们今天在这里讨论关于语言模型的标记化问题以及如何".repeat(40_000),
  "random CJK": () => pseudoRandom((next) => String.fromCharCode(0x4e00 + (next() % 0x5000))),
  emoji: () => "😀🎉🚀👩‍👩‍👧".repeat(70_000),
  base64: () => pseudoRandom((next) => BASE64[next() % 64]!),
  digits: () => "1234567890".repeat(100_000),
  "zero-width": () => "\u200b".repeat(1_000_000),
  "combining marks": () => "e\u0301\u0302".repeat(333_333),
  "lone surrogates": () => "\ud800".repeat(1_000_000),
  punctuation: () => "!?".repeat(500_000),
};

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A million units drawn by a fixed generator (xorshift32). */
function pseudoRandom(unit: (next: () => number) => string): string {
  let state = 0x9e3779b9;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  let text = "";
  for (let at = 0; at < 1_000_000; at++) text += unit(next);
  return text;
}
