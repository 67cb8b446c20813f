import { describe, expect, test } from "bun:test";
import { contentText } from "../../src/lib/content-text.ts";

describe("contentText", () => {
  const part = (text: unknown) => ({ type: "text", text });

  test.each([
    ["a text is itself", "one\ntwo", "one\ntwo"],
    ["parts are joined", [part("one"), part("two")], "one|two"],
    [
      "what is no text leaves no gap",
      [part("one"), { type: "image_url" }, part(null), "three", part("two")],
      "one|two",
    ],
    ["an empty part counts", [part(""), part("two")], "|two"],
    ["nothing has none", null, ""],
    ["a part outside a list has none", part("one"), ""],
  ])("%s", (_, content, expected) => {
    expect(contentText(content, "|")).toBe(expected);
  });

  test("puts nothing between parts unless told to", () => {
    expect(contentText([part("one"), part("two")])).toBe("onetwo");
  });
});
