import { expect, test } from "bun:test";
import fc from "fast-check";
import { asWritten, MOST_UNSEEN, openEntity, openEscape, shownText } from "../../../src/detect/scan/shown-text.ts";

test("what takes no place is left out, and everything is known by where it was", () => {
  const { text, from, to, runs } = shownText("a\u200b\u00adb\u{e0041}c\ufe0f");
  expect(text).toBe("abc");
  expect([...from!.subarray(0, 4)]).toEqual([0, 3, 6, 8]);
  expect([...to!.subarray(0, 3)]).toEqual([1, 4, 7]);
  expect([...runs!.subarray(0, 4)]).toEqual([0, 2, 1, 1]);
});

test("letters and digits of formulas are ASCII, other astral characters themselves", () => {
  const { text, from } = shownText("𝟒𝗮😀𝛀");
  expect(text).toBe("4a😀𝛀");
  expect([...from!.subarray(0, 3)]).toEqual([0, 2, 4]);
});

test("a letter of formulas is spent as one, whether or not anything is left out beside it", () => {
  const { text, spent } = shownText("𝗮𝗯\u200bc");
  expect(text).toBe("abc");
  expect([...spent!.subarray(0, 4)]).toEqual([0, 1, 3, 4]);
  expect(shownText("𝗮𝗯c").spent).toBeNull();
});

test("no more than so many in a row are left out, counted from what stood in front", () => {
  expect(shownText(`a${"\u200b".repeat(20)}b`).text).toBe(`a${"\u200b".repeat(20 - MOST_UNSEEN)}b`);
  expect(shownText(`${"\u200b".repeat(3)}b`, { run: MOST_UNSEEN - 1 }).text).toBe("\u200b\u200bb");
});

test("a text without any is shown as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "é", "4", "٤", "–", "😀", "\n") }), (text) => {
      expect(shownText(text)).toEqual(asWritten(text));
    }),
  );
});

test("half a character waits for its other half", () => {
  expect(shownText("a\u200b\udb40").text).toBe("a\udb40");
  expect(shownText("a\u200b\ud835").text).toBe("a\ud835");
});

test("a numbered entity is the character it stands for, and counts as one", () => {
  const { text, from, to, spent } = shownText("a&#98;&#x63d&#8203;e&#0;&#1234567890;&#xD800;");
  expect(text).toBe("ab\u063de&#0;&#1234567890;&#xD800;");
  expect([...from!.subarray(0, 4)]).toEqual([0, 1, 6, 19]);
  expect([...to!.subarray(0, 4)]).toEqual([1, 6, 12, 20]);
  expect([...spent!.subarray(0, 4)]).toEqual([0, 1, 2, 4]);
});

test("so is a named one, with its semicolon", () => {
  const { text, from, spent } = shownText("M&uuml;ller&nbsp;&amp;&shy; Co &copy=2 &unknown;");
  expect(text).toBe("Müller\u00a0& Co &copy=2 &unknown;");
  expect([...from!.subarray(0, 3)]).toEqual([0, 1, 7]);
  expect([...spent!.subarray(0, 3)]).toEqual([0, 1, 2]);
});

test("whoever looks for entities is shown them", () => {
  expect(shownText("a&#98;&amp;\u200bc", { keepsEntities: true }).text).toBe("a&#98;&amp;c");
});

test.each([
  ["a&", 1],
  ["a&#", 2],
  ["a&#x", 3],
  ["a&#123456789", 11],
  ["a&#1234567890", 0],
  ["a&#x1g", 0],
  ["a&#97;", 0],
  ["a&nbs", 4],
  ["a&nbsp", 5],
  ["a&nbsp;", 0],
  ["a&nb;", 0],
  ["&amp", 4],
  ["&amp;", 0],
  ["a&b", 2],
  ["a&bx", 0],
  ["a&b=", 0],
])("of %j the last %d may begin an entity", (text, units) => {
  expect(openEntity(text)).toBe(units);
});

test("an escaped sign of Markdown and a numbered escape of JSON are the characters they stand for", () => {
  const { text, from, to } = shownText("a\\_b\\u00fc\\n\\u000a\\ud83d\\q");
  expect(text).toBe("a_bü\\n\\u000a\\ud83d\\q");
  expect([...from!.subarray(0, 5)]).toEqual([0, 1, 3, 4, 10]);
  expect([...to!.subarray(0, 5)]).toEqual([1, 3, 4, 10, 11]);
  expect(shownText("a\\_b", { keepsEscapes: true }).text).toBe("a\\_b");
});

test.each([
  ["a\\", 1],
  ["a\\u", 2],
  ["a\\u00f", 5],
  ["a\\u00fc", 0],
  ["a\\n", 0],
  ["abc", 0],
])("of %j the last %d may begin an escape", (text, units) => {
  expect(openEscape(text)).toBe(units);
});

test("what leaves nothing out is counted as it stands: rules are read in it as fast as in a text without entities", () => {
  const { text, from, spent, runs } = shownText("a\\_b &amp; M\\u00fcller&#98;");
  expect(text).toBe("a_b & Müllerb");
  expect([...from!.subarray(0, 5)]).toEqual([0, 1, 3, 4, 5]);
  expect([spent, runs]).toEqual([null, null]);
  // what was left out in front of the piece counts
  const behind = shownText("\\_b", { run: 2 });
  expect([...behind.runs!.subarray(0, 3)]).toEqual([2, 0, 0]);
});
