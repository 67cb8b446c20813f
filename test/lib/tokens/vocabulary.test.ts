import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BytePairEncodingCore } from "gpt-tokenizer/BytePairEncodingCore";
import o200kRanks from "gpt-tokenizer/bpeRanks/o200k_base";
import { O200KBase } from "gpt-tokenizer/encodingParams/o200k_base";
import { decodeRanks } from "../../../src/lib/tokens/rank-file.ts";
import { VOCABULARIES, type VocabularyName } from "../../../src/lib/tokens/vocabulary.ts";
import { cpuMs } from "../../support/cpu-ms.ts";
import { hasRecordings, RECORDED, records } from "../../support/replay.ts";
import { countAll, HOSTILE, rankFile, vocabulary } from "./support.ts";

/** `config.pattern` of tekken_240718.json, letter by letter. */
const TEKKEN_PATTERN =
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** The Tekken ranks as that package takes them: text where the bytes are text. */
function tekkenDecoder(): (string | number[])[] {
  const { bytes, starts } = decodeRanks(rankFile("tekken"));
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return [...starts].map((start) => {
    const token = bytes.subarray(start, start + bytes[start - 1]!);
    try {
      return strict.decode(token);
    } catch {
      return [...token];
    }
  });
}

const oracles: Readonly<Record<VocabularyName, BytePairEncodingCore>> = {
  o200k: new BytePairEncodingCore(O200KBase(o200kRanks)),
  tekken: new BytePairEncodingCore({
    bytePairRankDecoder: tekkenDecoder(),
    tokenSplitRegex: new RegExp(TEKKEN_PATTERN, "gu"),
  }),
};

/** Every string of a JSON value. */
function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

const recorded = hasRecordings
  ? RECORDED.flatMap((provider) => records(provider)).flatMap((one) => stringsOf(one.request))
  : [];
const hasLongRun = (text: string): boolean => /\S{513}|\s{513}/.test(text);

describe.each(VOCABULARIES)("%s", (name) => {
  const oracle = oracles[name];

  test("counts as the reference does, on anything without long runs", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.string({
        unit: fc.constantFrom("a", "B", "é", " ", "\n", "\r", "\t", "'s", "'LL", "1", "/", "\u00a0"),
        maxLength: 80,
      }),
    );
    // the reference loses a byte order mark when it looks up the tokens that hold one
    const unmarked = text.map((one) => one.replaceAll("\ufeff", ""));
    fc.assert(
      fc.property(unmarked, (one) => {
        expect(countAll(name, one)).toBe(oracle.countNative(one));
      }),
      { numRuns: 1000 },
    );
  });

  test.skipIf(!hasRecordings)("counts as the reference does, on every recorded text", () => {
    const texts = recorded.filter((text) => !hasLongRun(text));
    expect(texts.length).toBeGreaterThan(3000);
    for (const text of texts)
      expect({ text, tokens: countAll(name, text) }).toEqual({ text, tokens: oracle.countNative(text) });
  });

  test("never counts more tokens than bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
        expect(countAll(name, text)).toBeLessThanOrEqual(Buffer.byteLength(text));
      }),
    );
  });

  test("counts a long run about as the reference counts its pieces", () => {
    const text = "我们在这里讨论".repeat(300);
    const exact = oracle.countNative(text.slice(0, 700)) * 3;
    expect(Math.abs(countAll(name, text) - exact)).toBeLessThanOrEqual(10);
  });

  test("takes control tokens that a text spells out as the text they are", () => {
    for (const text of ["<|endoftext|>", "[INST] hi [/INST]"]) expect(countAll(name, text)).toBeGreaterThan(3);
  });

  test("stops above the limit, and says how far it came", () => {
    const text = "one two three four ".repeat(1000);
    const { tokens, units } = vocabulary(name).count(text, 100);
    expect(tokens).toBe(101);
    expect(text.slice(0, units)).toMatch(/^(one two three four )+/);
    expect(countAll(name, text.slice(0, units))).toBe(101);
    // and the stop leaves nothing behind that would shift the next count
    expect(countAll(name, "one two three four")).toBe(4);
  });

  test("counts nothing in an empty text", () => {
    expect(vocabulary(name).count("", 10)).toEqual({ tokens: 0, units: 0 });
  });

  test.each(Object.entries(HOSTILE))(
    "takes under a second of CPU for a million units, and never minutes: %s",
    (_, make) => {
      const text = make();
      let tokens = 0;
      const spent = cpuMs(() => {
        tokens = countAll(name, text);
      });
      expect(tokens).toBeGreaterThan(0);
      expect(tokens).toBeLessThanOrEqual(Buffer.byteLength(text));
      // on a machine ten times as slow
      expect(spent).toBeLessThan(10_000);
    },
  );
});

test("o200k has tokens that begin with a byte order mark", () => {
  expect(countAll("o200k", "\ufeff")).toBe(1);
  expect(countAll("o200k", "\ufeffusing")).toBe(1);
  expect(countAll("o200k", "a\ufeffb")).toBe(3);
});

test("tekken counts every digit, o200k up to three together", () => {
  expect(countAll("tekken", "123456")).toBe(6);
  expect(countAll("o200k", "123456")).toBe(2);
});
