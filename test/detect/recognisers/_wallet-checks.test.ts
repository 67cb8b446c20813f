import { describe, expect, test } from "bun:test";
import { isBase58Check, isBech32 } from "../../../src/detect/recognisers/_wallet-checks.ts";

describe("isBech32", () => {
  test.each(["a12uel5l", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "a1lqfn3a"])(
    "accepts %s of BIP 173 and 350",
    (text) => {
      expect(isBech32(text)).toBe(true);
    },
  );
  test.each(["a12uel5m", "x1b4n0q5v", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx"])("refuses %s", (text) => {
    expect(isBech32(text)).toBe(false);
  });
});

describe("isBase58Check", () => {
  const address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
  test("accepts an address of a version asked for, and of no other", () => {
    expect(isBase58Check(address, new Set([0]))).toBe(true);
    expect(isBase58Check(address, new Set([5]))).toBe(false);
  });
  test("refuses every change of one character", () => {
    for (let at = 1; at < address.length; at++) {
      const other = address[at] === "z" ? "y" : "z";
      expect(isBase58Check(address.slice(0, at) + other + address.slice(at + 1), new Set([0]))).toBe(false);
    }
  });
  test.each(["", "0OIl", "1"])("refuses %p", (text) => {
    expect(isBase58Check(text, new Set([0]))).toBe(false);
  });
});
