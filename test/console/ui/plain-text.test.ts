import { expect, test } from "bun:test";
import { plainText } from "../../../src/console/ui/plain-text.ts";

test.each([
  ["live \u202e evil", "live \\u{202e} evil"],
  ["a\u0000b\u001b[31m", "a\\u{0}b\\u{1b}[31m"],
  ["isolate \u2066x\u2069", "isolate \\u{2066}x\\u{2069}"],
  ["two\nlines\tand a tab", "two\nlines\tand a tab"],
  ["Grüße, 日本語, العربية \u200f, 👩‍🚒", "Grüße, 日本語, العربية \u200f, 👩‍🚒"],
])("%j is shown as %j", (text, shown) => expect(plainText(text)).toBe(shown));
