import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { privateKey } from "../../../src/detect/recognisers/private-key.ts";
import { scanned } from "./_examples.ts";

const BODY = "MIIEpAIBAAKCAQEA7bq2mC0WnY6Zc8pT5yJ1\nrN3uK9xQ/+vBg4hDfEoLsWiUaMeXtPzR==";

describe(privateKey.name, () => {
  test.each(["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])(
    "finds all lines of a %s and nothing behind it",
    (kind) => {
      const key = `-----BEGIN ${kind}-----\n${BODY.repeat(30)}\n-----END ${kind}-----`;
      expect(scanned(privateKey, `Here: ${key}\nPlease look at it.`)).toBe(`Here: ⟦${key}⟧\nPlease look at it.`);
    },
  );

  test("finds a key that is indented, or within a JSON string", () => {
    const indented = "-----BEGIN PRIVATE KEY-----\n    MIIE\n    abc=\n    -----END PRIVATE KEY-----";
    expect(scanned(privateKey, `key: |\n    ${indented}\nnext: 1`)).toBe(`key: |\n    ⟦${indented}⟧\nnext: 1`);
    const escaped = String.raw`-----BEGIN PRIVATE KEY-----\nMIIE\nabc=\n-----END PRIVATE KEY-----`;
    expect(scanned(privateKey, `{"k":"${escaped}\\n"}`)).toBe(`{"k":"⟦${escaped}⟧\\n"}`);
  });

  test("finds a key that breaks off", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMIIEabc";
    expect(scanned(privateKey, key)).toBe(`⟦${key}⟧`);
  });

  test("finds a key of any length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), (length) => {
        const key = `-----BEGIN PRIVATE KEY-----\n${"aB3+".repeat(length)}\n-----END PRIVATE KEY-----`;
        expect(scanned(privateKey, `${key} end`)).toBe(`⟦${key}⟧ end`);
      }),
      { numRuns: 20 },
    );
  });

  test.each(["-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----"])(
    "passes %s",
    (text) => {
      expect(scanned(privateKey, text)).toBe(text);
    },
  );
});
