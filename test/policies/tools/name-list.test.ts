import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { nameList, refusedNames } from "../../../src/policies/tools/name-list.ts";
import { cpuMs } from "../../support/cpu-ms.ts";

describe("a list of names", () => {
  test.each([
    [["search"], "search", true],
    [["search"], "Search", false],
    [["search"], "search2", false],
    [["code_*"], "code_", true],
    [["code_*"], "code_run", true],
    [["code_*"], "xcode_run", false],
    [["*_file"], "read_file", true],
    [["mcp/*/read*"], "mcp/files/read_all", true],
    [["a*b*c"], "a-b-bc", true],
    [["a*b*c"], "a-b-bcd", false],
    [["file_?"], "file_1", true],
    [["file_?"], "file_", false],
    [["*"], "anything at all", true],
    [["**"], "", true],
    [[], "x", false],
    [["a.c"], "abc", false],
    [["[ab]"], "a", false],
    [["a|b"], "a", false],
  ])("%j and %s: %j", (list, name, expected) => {
    expect(nameList(list)(name)).toBe(expected);
  });

  test("says what a regular expression would", () => {
    const piece = fc.constantFrom("a", "b", "*", "?", ".");
    const patterns = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
    const names = fc.array(fc.constantFrom("a", "b", "."), { maxLength: 8 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(patterns, names, (pattern, name) => {
        const source = RegExp.escape(pattern).replaceAll("\\*", ".*").replaceAll("\\?", ".");
        expect(nameList([pattern])(name)).toBe(new RegExp(`^${source}$`).test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  test("takes no longer for a pattern made to take long", () => {
    const has = nameList([`${"*a".repeat(90)}b`]);
    expect(cpuMs(() => expect(has("a".repeat(512))).toBe(false))).toBeLessThan(1_000);
  });

  test.each([
    ["shell", "SHELL"],
    ["shell", " shell "],
    ["shell", "ｓｈｅｌｌ"],
    ["shell", "she\u200bll"],
    ["Shell_*", "sHELL_run"],
  ])("of refused names, %s has %s", (pattern, name) => {
    expect(refusedNames([pattern])(name)).toBe(true);
    expect(refusedNames([pattern])("other")).toBe(false);
  });

  test("of refused names, an empty one has none", () => {
    expect(refusedNames([])("shell")).toBe(false);
  });
});
