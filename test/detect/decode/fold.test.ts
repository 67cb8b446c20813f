import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fold, isInvisible } from "../../../src/detect/decode/fold.ts";

describe("fold", () => {
  test.each([
    ["ｉｇｎｏｒｅ", "ignore"],
    ["𝗮𝗹𝗹 𝓅𝓇ℯ𝓋", "all prev"],
    ["Ⓘⓝ🅣🅡🇫🇷", "InTRFR"],
    ["ᴘʀᴏᴍᴘᴛ", "prompt"],
    ["éàüñçł straße œuvre", "eauncl strasse oeuvre"],
    ["١٢٣۴५", "12345"],
    ["a–b—c‑d", "a-b-c-d"],
    ["“x” ‘y’", "\"x\" 'y'"],
    ["a\u00adb\u200bc\u202ed\ufeff", "abcd"],
    ["ignоre", "ignоre"],
  ])("%s becomes %s", (source, plain) => {
    expect(fold(source).text).toBe(plain);
  });

  test("ASCII comes back as it is, without offsets", () => {
    expect(fold("plain text 123!")).toEqual({ text: "plain text 123!", offsets: null, invisible: 0 });
  });

  test("counts invisible characters between letters, and not those of emoji", () => {
    expect(fold("i\u200bg\u200bn").invisible).toBe(2);
    expect(fold("👨\u200d👩\u200d👧").invisible).toBe(0);
  });

  test("offsets lead every unit back to where it came from, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (source) => {
        const { text, offsets } = fold(source);
        if (offsets === null) return text === source;
        if (offsets.length !== text.length + 1 || offsets.at(-1) !== source.length) return false;
        return offsets.every((offset, at) => at === 0 || offset >= offsets[at - 1]!);
      }),
    );
  });

  test("what grows eighteenfold keeps its offsets", () => {
    const { text, offsets } = fold("ﷺ".repeat(100));
    expect(text.length).toBe(1_800);
    expect([...offsets!]).toEqual([...Array.from({ length: 1_800 }, (_, at) => Math.floor(at / 18)), 100]);
  });

  test("folds the same whatever it is cut into", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 12 }), (parts) => {
        expect(fold(parts.join("")).text).toBe(parts.map((part) => fold(part).text).join(""));
      }),
    );
  });

  test("a folded text folds to itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (source) => fold(fold(source).text).text === fold(source).text),
    );
  });
});

test("isInvisible knows joiners and tags, and no letters or blanks", () => {
  expect([0x200d, 0xe0041, 0xad, 0xfe0f].every(isInvisible)).toBe(true);
  expect([0x20, 0x41, 0xe9, 0x4e00].some(isInvisible)).toBe(false);
});
