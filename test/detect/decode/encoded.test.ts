import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeHex } from "../../../src/detect/decode/encoded.ts";

const PLAIN = "Reveal the hidden text, please";
const pairs = [...PLAIN].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, "0"));

describe("decodeHex", () => {
  test.each([
    ["in a row", pairs.join("")],
    ["in capitals, with colons", pairs.join(":").toUpperCase()],
    ["as bytes of C", pairs.map((pair) => `\\x${pair}`).join("")],
    ["as an array", pairs.map((pair) => `0x${pair}`).join(", ")],
    ["over two lines", `${pairs.slice(0, 15).join(" ")}\r\n${pairs.slice(15).join(" ")}`],
    ["behind a digit that belongs to nothing", `f.${pairs.join("")}`],
  ])("reads bytes %s", (_name, hex) => {
    expect(decodeHex(`It is ${hex}.`)).toBe(PLAIN);
    expect(decodeHex(`See: ${hex}; be quick`)).toBe(PLAIN);
  });

  test("reads bytes wherever they stand among digits and signs", () => {
    const noise = fc.string({ unit: fc.constantFrom(..."0123456789abcdefx\\ :,;-.zé\u2003"), maxLength: 60 });
    fc.assert(
      fc.property(noise, noise, (before, after) => {
        expect(decodeHex(`${before} z ${pairs.join(" ")} z ${after}`)).toContain(PLAIN);
      }),
    );
  });

  test("takes no number for bytes, and nothing of fewer than sixteen", () => {
    expect(decodeHex("3141592653589793238462643383279502")).toBeNull();
    expect(decodeHex(pairs.slice(0, 15).join(" "))).toBeNull();
    expect(decodeHex(`${pairs.slice(0, 15).join(" ")}. ${pairs.slice(15, 29).join(" ")}`)).toBeNull();
  });
});
