import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fileText } from "../../../src/lib/places/file-text.ts";

const base64 = (bytes: string | Uint8Array, encoding: BufferEncoding = "utf8") =>
  (typeof bytes === "string" ? Buffer.from(bytes, encoding) : Buffer.from(bytes)).toString("base64");

describe("fileText", () => {
  test("reads texts of any length and gives back the same file", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "é", "漢", "😀", "\n", "\t", ","),
      minLength: 5,
      maxLength: 3_000,
    });
    fc.assert(
      fc.property(
        text,
        fc.constantFrom("", "data:text/csv;base64,", "data:application/json;x=y;base64,"),
        (said, head) => {
          const value = head + base64(said);
          const file = fileText(value);
          expect(file?.text).toBe(said);
          expect(file?.wrap(said)).toBe(value);
        },
      ),
    );
  });

  test("reads the encodings that texts come in", () => {
    expect(fileText(`data:text/csv;base64,${base64("Müller;Köln", "latin1")}`)?.text).toBe("Müller;Köln");
    const wide = fileText(base64("\ufeffMüller", "utf16le"));
    expect(wide?.text).toBe("\ufeffMüller");
    expect(wide?.wrap("\ufeffX")).toBe(base64("\ufeffX", "utf16le"));
    const late = fileText(`data:text/plain;base64,${base64(`${"a".repeat(2_000)}é`, "latin1")}`);
    expect(late?.text.endsWith("aé")).toBe(true);
    expect(fileText(base64("first line\nsecond").replace(/.{8}/g, "$&\r\n"))?.text).toBe("first line\nsecond");
  });

  test.each([
    ["a picture", base64(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))],
    ["a PDF", base64(`%PDF-1.7 ${"text ".repeat(400)}`)],
    ["bytes that are no text, later on", base64(`${"a".repeat(2_000)}\xff`, "latin1")],
    ["a word", "abc"],
    ["a sentence", "plain text that is none"],
    ["an address", "https://example.com/a.png"],
  ])("takes %s for none", (_what, value) => {
    expect(fileText(value)).toBeNull();
  });
});
