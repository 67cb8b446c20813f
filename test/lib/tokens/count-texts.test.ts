import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { countTexts } from "../../../src/lib/tokens/count-texts.ts";
import { estimateTokens } from "../../../src/lib/tokens/estimate.ts";
import { countAll, vocabulary } from "./support.ts";

const never = () => false;
const unlimited = { stopAbove: Number.POSITIVE_INFINITY, expired: never };
const tekken = vocabulary("tekken");

describe("counting texts", () => {
  test("gives the tokens of each, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const expected = texts.map((text) => countAll("tekken", text));
        expect(countTexts(tekken, texts, unlimited)).toEqual({ counts: expected, stopped: null, rest: 0 });
      }),
    );
  });

  test("counts a text of many stretches as one", () => {
    const text = "The gate opens, the water flows. ".repeat(20_000);
    expect(countTexts(tekken, [text], unlimited).counts).toEqual([countAll("tekken", text)]);
    const unbroken = "😀".repeat(100_001);
    const [tokens] = countTexts(tekken, [unbroken], unlimited).counts;
    expect(Math.abs(tokens! - countAll("tekken", unbroken))).toBeLessThanOrEqual(16);
  });

  test("stops above the limit and carries on at the rate it saw", () => {
    const texts = ["word ".repeat(100).trim(), "word ".repeat(300).trim(), "word ".repeat(600).trim()];
    const { counts, stopped, rest } = countTexts(tekken, texts, { stopAbove: 150, expired: never });
    expect(counts).toEqual([100]);
    expect(stopped).toBe("limit");
    expect(rest).toBeWithin(880, 920);
  });

  test("stops exactly above the limit", () => {
    const text = "word ".repeat(100).trim();
    expect(countTexts(tekken, [text], { stopAbove: 100, expired: never }).stopped).toBeNull();
    expect(countTexts(tekken, [text], { stopAbove: 99, expired: never }).stopped).toBe("limit");
  });

  test("guesses upwards from where its time ran out", () => {
    const texts = ["one two", "The quick brown fox jumps over the lazy dog", "three"];
    const { counts, stopped, rest } = countTexts(tekken, texts, { ...unlimited, expired: () => true });
    expect({ counts, stopped }).toEqual({ counts: [2], stopped: "time" });
    expect(rest).toBe(estimateTokens(texts[1]!) + estimateTokens(texts[2]!));
  });

  test("looks at the clock inside a long text too", () => {
    const text = "one two three ".repeat(50_000);
    let looks = 0;
    const { counts, stopped, rest } = countTexts(tekken, [text], { ...unlimited, expired: () => ++looks === 3 });
    expect({ counts, stopped, looks }).toEqual({ counts: [], stopped: "time", looks: 3 });
    expect(rest).toBeGreaterThanOrEqual(countAll("tekken", text));
  });

  test("counts nothing in nothing", () => {
    expect(countTexts(tekken, [], unlimited)).toEqual({ counts: [], stopped: null, rest: 0 });
    expect(countTexts(tekken, [""], unlimited)).toEqual({ counts: [0], stopped: null, rest: 0 });
  });
});
