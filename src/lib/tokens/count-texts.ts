import { estimateTokens } from "./estimate.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Why counting ended before the last text. */
export type Stop = "limit" | "time";

/** What counting a list of texts came to. */
export interface TextsCount {
  /** Tokens of the texts that were counted to their end, in order. */
  readonly counts: readonly number[];
  readonly stopped: Stop | null;
  /**
   * Tokens of what was not counted to its end; 0 when nothing stopped. After `limit` it is carried on at the rate seen
   * so far (the answer is known, this is for the error message), after `time` it is a guess that errs upwards.
   */
  readonly rest: number;
}

/** When to stop: above so many tokens in all, or when `expired` says so (asked between stretches of a text). */
export interface CountLimits {
  readonly stopAbove: number;
  readonly expired: () => boolean;
}

/** Texts are counted in stretches of this many UTF-16 units, at most some 30 ms of work, between looks at the clock. */
const STRETCH = 65_536;

/** Counts texts in order within limits. */
export function countTexts(vocabulary: Vocabulary, texts: readonly string[], limits: CountLimits): TextsCount {
  const counts: number[] = [];
  let total = 0;
  let units = 0;
  for (const [index, text] of texts.entries()) {
    let tokens = 0;
    for (let from = 0; from < text.length; ) {
      const to = stretchEnd(text, from);
      const seen = vocabulary.count(text.slice(from, to), limits.stopAbove - total - tokens);
      tokens += seen.tokens;
      from += seen.units;
      units += seen.units;
      if (total + tokens > limits.stopAbove) {
        const left = unitsFrom(texts, index, from);
        return { counts, stopped: "limit", rest: tokens + Math.ceil((left * (total + tokens)) / Math.max(1, units)) };
      }
      if (from < text.length && limits.expired()) {
        return { counts, stopped: "time", rest: tokens + guessFrom(texts, index, from) };
      }
    }
    total += tokens;
    counts.push(tokens);
    if (index + 1 < texts.length && limits.expired()) {
      return { counts, stopped: "time", rest: guessFrom(texts, index + 1, 0) };
    }
  }
  return { counts, stopped: null, rest: 0 };
}

/** A stretch ends behind a blank where there is one near, so that no word is counted in two. */
function stretchEnd(text: string, from: number): number {
  const end = from + STRETCH;
  if (end >= text.length) return text.length;
  const blank = text.lastIndexOf(" ", end);
  if (blank > end - 1024) return blank;
  return (text.codePointAt(end - 1) ?? 0) > 0xffff ? end + 1 : end;
}

function unitsFrom(texts: readonly string[], index: number, from: number): number {
  let units = -from;
  for (let at = index; at < texts.length; at++) units += texts[at]!.length;
  return units;
}

function guessFrom(texts: readonly string[], index: number, from: number): number {
  let tokens = estimateTokens(texts[index]!.slice(from));
  for (let at = index + 1; at < texts.length; at++) tokens += estimateTokens(texts[at]!);
  return tokens;
}
