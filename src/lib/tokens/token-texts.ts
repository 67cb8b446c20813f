/// <reference path="../../../config/tokenizers/ranks.d.ts" />
import { readFileSync } from "node:fs";
import cl100kRanks from "../../../config/tokenizers/cl100k.ranks" with { type: "file" };
import { once } from "../once.ts";
import { decodeRanks } from "./rank-file.ts";

/**
 * Models that take token numbers and whose vocabulary is `cl100k_base`, after OpenAI's tiktoken (`tiktoken/model.py`), where
 * they may be dated or stand behind a prefix.
 */
const OF_CL100K =
  /(^|\/)(text-embedding-(ada-002|3-small|3-large)|gpt-3\.5-turbo-instruct|(davinci|babbage)-002)(-|$)/i;

/** Whether the token numbers of this model can be read. */
export const isReadable = (model: string): boolean => OF_CL100K.test(model);

/** Numbers between two places where reading gives way. */
const PIECE = 4_096;

const cl100k = once(() => decodeRanks(readFileSync(cl100kRanks)));

/**
 * The text that numbers of `cl100k_base` stand for; null where one of them stands for none (special ones do not). Bytes that
 * are no UTF-8, as at the edges of texts that were cut between numbers, become U+FFFD. Gives way now and then. The first
 * call loads the vocabulary: about 10 ms and 2 MB.
 */
export function* textOfTokens(numbers: readonly unknown[]): Generator<undefined, string | null> {
  const { bytes, starts, longest } = cl100k();
  const decoder = new TextDecoder();
  const piece = new Uint8Array(Math.min(numbers.length, PIECE) * longest);
  let text = "";
  for (let from = 0; from < numbers.length; from += PIECE) {
    let length = 0;
    for (const number of numbers.slice(from, from + PIECE)) {
      const start = typeof number === "number" ? starts[number] : undefined;
      if (start === undefined) return null;
      const end = start + bytes[start - 1]!;
      for (let at = start; at < end; at++) piece[length++] = bytes[at]!;
    }
    text += decoder.decode(piece.subarray(0, length), { stream: true });
    yield;
  }
  return text + decoder.decode();
}
