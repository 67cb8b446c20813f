import { describe, expect, test } from "bun:test";
import { keyedDigest, sha256Hex } from "../../src/lib/digest.ts";

describe("sha256Hex", () => {
  test("is that of the text's UTF-8 (FIPS 180-4 example, and one beyond ASCII)", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex("é")).toBe("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
  });
});

describe("keyedDigest", () => {
  test("is HMAC-SHA-256 (RFC 4231, test case 2)", () => {
    const key = Buffer.from("Jefe").toString("hex");
    expect(keyedDigest(key)("what do ya want for nothing?")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });
});
