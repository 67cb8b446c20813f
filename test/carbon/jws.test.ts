import { describe, expect, test } from "bun:test";
import { attached, detached } from "../../src/carbon/jws.ts";
import { signer, unsigned } from "../support/receipts.ts";

describe("a detached JWS", () => {
  test("is header and signature, and with its payload what it was", () => {
    const { payload, jws } = signer().receipts.seal(unsigned({ issuer: "Wéhr ⚡" }));
    const without = detached(jws);
    const [header, body, signature] = jws.split(".");
    expect([without, attached(without, payload)]).toEqual([`${header}..${signature}`, jws]);
    expect(without.length).toBe(jws.length - body!.length);
  });
});
