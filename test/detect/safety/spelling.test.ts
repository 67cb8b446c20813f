import { expect, test } from "bun:test";
import fc from "fast-check";
import { plainSentence } from "../../../src/detect/safety/spelling.ts";

test.each([
  ["k1ll", "kill"],
  ["mus1ims", "muslims"],
  ["he1p me", "help me"],
  ["r4c1st", "racist"],
  ["k i l l them", "kill them"],
  ["I haaaate you", "I hate you"],
  ["sooooo boring, hmmm", "so boring, hm"],
  ["wom*n and b**ch", "womn and bch"],
  ["Żydzi", "Zydzi"],
])("reads a word in disguise: %s", (written, meant) => {
  expect(plainSentence(written)).toBe(meant);
});

test.each([
  "sha256 of 4 files",
  "3 * 4 = 12",
  "* first, * second",
  "all 11 books",
  "a good book, see page 10",
  "Richard III on www.stage.example",
])("leaves the rest as it is: %s", (text) => {
  expect(plainSentence(text)).toBe(text);
});

test("reads words of ASCII as it does beside others", () => {
  const written = fc.string({ unit: fc.constantFrom(..."abIl013457@$!28. -"), maxLength: 24 });
  fc.assert(
    fc.property(written, (text) => {
      expect(plainSentence(`${text} \u5fd8\u5fd8`)).toBe(`${plainSentence(`${text} `)}\u5fd8\u5fd8`);
    }),
    { numRuns: 2_000 },
  );
});
