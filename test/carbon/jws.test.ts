import { expect, test } from "bun:test";
import { attached } from "../../src/carbon/jws.ts";
import { signer, unsigned } from "../support/receipts.ts";

test("a detached JWS is header and signature, and with its payload the whole one", () => {
  const { payload, jws, detached } = signer().receipts.seal(unsigned({ issuer: "Wéhr ⚡" }));
  const [header, , signature] = jws.split(".");
  expect([detached, attached(detached, payload)]).toEqual([`${header}..${signature}`, jws]);
});
