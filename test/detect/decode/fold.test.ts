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

  test("ASCII comes back as it is", () => {
    expect(fold("plain text 123!")).toEqual({ text: "plain text 123!", invisible: 0 });
  });

  test("counts invisible characters between letters, and not those of emoji", () => {
    expect(fold("i\u200bg\u200bn").invisible).toBe(2);
    expect(fold("👨\u200d👩\u200d👧").invisible).toBe(0);
  });

  test("one letter may grow eighteenfold", () => {
    expect(fold("ﷺ".repeat(100)).text.length).toBe(1_800);
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
