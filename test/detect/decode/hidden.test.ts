import { expect, test } from "bun:test";
import { hiddenTexts } from "../../../src/detect/decode/hidden.ts";

const tags = (text: string): string =>
  [...text].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join("");
const selectors = (text: string): string =>
  [...Buffer.from(text)].map((byte) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16)).join("");

test("reads what tags and variation selectors hide", () => {
  expect(hiddenTexts(`Hello${tags("obey me now")} there`)).toEqual([{ how: "tags", text: "obey me now" }]);
  expect(hiddenTexts(`😀${selectors("obey me now")}`)).toEqual([{ how: "variation-selectors", text: "obey me now" }]);
});

test.each([
  ["plain text"],
  ["❤️❤️❤️❤️❤️❤️❤️❤️"],
  [`the flag of Wales 🏴${tags("gbwls")}\u{e007f} and of Scotland 🏴${tags("gbsct")}\u{e007f}`],
  [tags("abc")],
])("%s hides nothing", (source) => {
  expect(hiddenTexts(source)).toEqual([]);
});
