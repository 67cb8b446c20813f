import { type BytePairCounter, createBytePairCounter } from "./bpe.ts";
import type { Ranks } from "./rank-file.ts";
import { cutLongRuns } from "./runs.ts";

/** The vocabularies that are counted exactly. */
export const VOCABULARIES = ["tekken", "o200k"] as const;
export type VocabularyName = (typeof VOCABULARIES)[number];

const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const BEFORE_WORD = String.raw`[^\r\n\p{L}\p{N}]?`;
const CONTRACTION = "(?:'(?:[sS]|[dD]|[mM]|[tT]|[lL][lL]|[vV][eE]|[rR][eE]))?";
const REST = String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/**
 * How text is split into pieces before pairs are merged.
 *
 * tekken: `config.pattern` of mistral-common's tekken_240718.json. o200k: `pat_str` of `o200k_base` in OpenAI's tiktoken
 * (tiktoken_ext/openai_public.py); it differs by keeping English contractions and up to three digits together.
 */
const PATTERNS: Record<VocabularyName, string> = {
  tekken: String.raw`${BEFORE_WORD}${UPPER}*${LOWER}+|${BEFORE_WORD}${UPPER}+${LOWER}*|\p{N}|${REST}`,
  o200k: String.raw`${BEFORE_WORD}${UPPER}*${LOWER}+${CONTRACTION}|${BEFORE_WORD}${UPPER}+${LOWER}*${CONTRACTION}|\p{N}{1,3}|${REST}`,
};

/** What counting a text came to. */
export interface TextCount {
  readonly tokens: number;
  /** UTF-16 units that were counted: fewer than the text has where counting stopped early. */
  readonly units: number;
}

/** Counts tokens of texts in one vocabulary. Special tokens written out in a text count as the plain text they are. */
export interface Vocabulary {
  readonly name: VocabularyName;
  /** Counts until the text ends or more than `stopAbove` tokens have been seen. */
  count(text: string, stopAbove: number): TextCount;
}

/** Pieces longer than this are not remembered: they hardly come again. */
const REMEMBERED_PIECE = 24;
/** How many counts of pieces are remembered; then all are forgotten, which costs a few milliseconds of counting anew. */
const REMEMBERED_PIECES = 20_000;
/** A piece spans at most two runs of 512 units at 3 bytes, so this never has to grow. */
const SCRATCH_BYTES = 4096;

/** Makes the vocabulary `name` out of its ranks. */
export function createVocabulary(name: VocabularyName, ranks: Ranks): Vocabulary {
  const split = new RegExp(PATTERNS[name], "gu");
  const countPiece = createPieceCounter(createBytePairCounter(ranks));
  return {
    name,
    count(text, stopAbove) {
      let tokens = 0;
      let units = 0;
      for (const part of cutLongRuns(text)) {
        split.lastIndex = 0;
        for (let match = split.exec(part); match !== null; match = split.exec(part)) {
          tokens += countPiece(match[0]);
          if (tokens > stopAbove) {
            const counted = units + split.lastIndex;
            split.lastIndex = 0;
            return { tokens, units: counted };
          }
        }
        units += part.length;
      }
      return { tokens, units };
    },
  };
}

function createPieceCounter(pairs: BytePairCounter): (piece: string) => number {
  const scratch = new Uint8Array(SCRATCH_BYTES);
  const encoder = new TextEncoder();
  const remembered = new Map<string, number>();
  return (piece) => {
    const known = remembered.get(piece);
    if (known !== undefined) return known;
    const { written } = encoder.encodeInto(piece, scratch);
    const tokens = pairs.count(scratch, written);
    if (piece.length <= REMEMBERED_PIECE) {
      if (remembered.size >= REMEMBERED_PIECES) remembered.clear();
      remembered.set(piece, tokens);
    }
    return tokens;
  };
}
