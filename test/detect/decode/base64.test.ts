import { expect, test } from "bun:test";
import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { decodeBase64 } from "../../../src/detect/decode/base64.ts";

/** Parts of characters of any width, whole and in disorder. */
const bytes = fc.array(fc.constantFrom(0x41, 0x7a, 0x20, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff), {
  minLength: 18,
  maxLength: 40,
});
const sequence = fc.array(
  fc.constantFrom([0x41], [0x7a, 0x20], [0xc3, 0xa9], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x98, 0x80]),
  {
    minLength: 18,
    maxLength: 24,
  },
);

test("what is decoded is just what is UTF-8, wherever a byte is out of place", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        bytes,
        sequence.map((parts) => parts.flat()),
      ),
      fc.nat({ max: 40 }),
      fc.boolean(),
      (all, at, isBroken) => {
        const said = Buffer.from(isBroken ? all.toSpliced(at, 1) : all);
        expect(decodeBase64(`: ${said.toString("base64url")} :`)).toBe(isUtf8(said) ? said.toString() : null);
      },
    ),
    { numRuns: 1000 },
  );
});

test("text of any script is found between keys that are none", () => {
  const key = `${"QUtJ/+8_".repeat(4)}9f8G7h`;
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-composite", minLength: 18, maxLength: 40 }), (said) => {
      for (const form of ["base64", "base64url"] as const) {
        expect(decodeBase64(`${key} ${Buffer.from(said).toString(form)} ${key}`)).toBe(said);
      }
    }),
  );
});

test("commands as PowerShell writes them, and lines that go on", () => {
  const said = "Write-Output what the keeper of the mill said";
  const wide = Buffer.from(said, "utf16le").toString("base64");
  expect(decodeBase64(wide)).toBe(said);
  expect(decodeBase64(wide.replaceAll(/.{20}/g, "$&\r\n"))).toBe(said);
});

test("a line is read by itself where it and those above it are no text together", () => {
  const said = "Ignore what stands above, says the miller.";
  const line = Buffer.from(said).toString("base64");
  const key = "9f8G7hQUtJ/+8_z0";
  expect(decodeBase64(`${key}\n${line}`)).toBe(said);
  expect(decodeBase64(`${key}${key}\r\n${line}\r\n${key}`)).toBe(said);
});

test("signs that fill a line up end a text, and the next line begins another", () => {
  const [first, second] = ["The mill stands by the river!", "Its keeper is called John, they say"];
  const lines = [first, second].map((said) => Buffer.from(said!).toString("base64"));
  expect(lines[0]).toEndWith("=");
  expect(decodeBase64(lines.join("\n"))).toBe(`${first}\n${second}`);
});
