import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isBehindEscape, mayHoldEscape } from "../../../src/detect/scan/escape-in-front.ts";

const ESCAPE = /(?:\\(?:[nrt]|u[\da-fA-F]{4})|%[\da-fA-F]{2})$/;
const pieces = fc.constantFrom("\\", "\\u", "\\u00", "%", "%3", "u", "n", "r", "t", "0", "a0", "AF", "g", "é", " ");
const texts = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(""));

describe("isBehindEscape", () => {
  test.each([
    ["\\n", true],
    ["\\u00a0", true],
    ["%3D", true],
    ["\\x", false],
    ["\\u00ag", false],
    ["%3g", false],
    ["3D", false],
    ["", false],
  ])("%s: %p", (front, isBehind) => {
    expect(isBehindEscape({ plain: `${front}x`, behind: "" }, front.length)).toBe(isBehind);
    expect(isBehindEscape({ plain: "x", behind: front }, 0)).toBe(isBehind);
  });

  test("is what the pattern says of all in front, wherever the piece begins", () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), (behind, plain, place) => {
        const at = place % (plain.length + 1);
        const expected = ESCAPE.test(behind + plain.slice(0, at));
        expect(isBehindEscape({ plain, behind }, at)).toBe(expected);
        if (expected) expect(mayHoldEscape({ text: plain, behind })).toBe(true);
      }),
    );
  });
});
