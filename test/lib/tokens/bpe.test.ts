import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createBytePairCounter, MAX_PIECE_BYTES } from "../../../src/lib/tokens/bpe.ts";
import { decodeRanks, encodeRanks } from "../../../src/lib/tokens/rank-file.ts";

/** The definition, taken literally: merge the pair of lowest rank, leftmost first, until no pair is a token. */
function merge(tokens: readonly string[], text: string): string[] {
  const rank = new Map(tokens.map((token, index) => [token, index]));
  const parts = [...text];
  for (;;) {
    const ranks = parts.slice(1).map((part, at) => rank.get(parts[at]! + part) ?? Number.POSITIVE_INFINITY);
    const lowest = Math.min(...ranks);
    if (!Number.isFinite(lowest)) return parts;
    const at = ranks.indexOf(lowest);
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));
const counterOf = (tokens: readonly string[]) => createBytePairCounter(decodeRanks(encodeRanks(tokens.map(bytesOf))));

const letters = ["a", "b", "c", "d"];
const merged = fc.uniqueArray(fc.string({ unit: fc.constantFrom(...letters), minLength: 2, maxLength: 6 }), {
  maxLength: 40,
});

describe("byte pairs", () => {
  test("are merged as defined, whatever the length", () => {
    const text = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(merged, text, (more, piece) => {
        const tokens = [...letters, ...more];
        // a piece that is a token counts as one even where no chain of merges leads to it (tiktoken looks there first)
        const expected = tokens.includes(piece) ? 1 : merge(tokens, piece).length;
        expect(counterOf(tokens).count(bytesOf(piece), piece.length)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("count nothing in nothing and one in one byte, known or not", () => {
    const counter = counterOf(["a", "b", "ab"]);
    expect(counter.count(new Uint8Array(8), 0)).toBe(0);
    expect(counter.count(bytesOf("z"), 1)).toBe(1);
    expect(counter.count(bytesOf("zz"), 2)).toBe(2);
  });

  test("read no further than told", () => {
    expect(counterOf(["a", "b", "ab"]).count(bytesOf("aab"), 2)).toBe(2);
  });

  test("are counted up to the longest piece there can be", () => {
    const counter = counterOf(["a", "aa", "aaaa"]);
    expect(counter.count(bytesOf("a".repeat(MAX_PIECE_BYTES)), MAX_PIECE_BYTES)).toBe(MAX_PIECE_BYTES / 4);
    expect(counter.count(bytesOf("a".repeat(25)), 25)).toBe(7);
  });
});
