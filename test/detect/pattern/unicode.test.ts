import { describe, expect, test } from "bun:test";
import { has } from "../../../src/detect/pattern/char-set.ts";
import { propertySet } from "../../../src/detect/pattern/unicode.ts";

describe("the characters of a property", () => {
  test.each(["Default_Ignorable_Code_Point", "L", "Nd", "Script=Greek", "Script=Hangul", "P", "Mn"])("%s", (name) => {
    const set = propertySet(name)!;
    const pattern = new RegExp(`^\\p{${name}}$`, "u");
    const wrong: string[] = [];
    for (let code = 0; code <= 0xe0fff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      if (code === 0x40000) code = 0xe0000;
      if (has(set, code) !== pattern.test(String.fromCodePoint(code))) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test("no property of that name", () => {
    expect(propertySet("Nonsense")).toBeNull();
  });
});
