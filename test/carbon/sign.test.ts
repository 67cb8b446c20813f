import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseCompact } from "../../src/carbon/jws.ts";
import { makeKey, ReceiptChain, readKey, sha256 } from "../../src/carbon/sign.ts";
import { sha256Hex, verifyReceipt } from "../../src/carbon/verify.ts";
import { sealed, unsigned } from "../support/receipts.ts";

const utf8 = new TextEncoder();
/** Any UTF-16 units: halves of pairs too, as an upstream may write them. */
const anyText = fc.array(fc.integer({ max: 0xff_ff, min: 0 })).map((units) => String.fromCharCode(...units));

describe("what the gateway hashes, a verifier hashes alike", () => {
  test("a text", () =>
    fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect(sha256(text)).toBe(await sha256Hex([utf8.encode(text)]));
      }),
    ));

  test("a text and the bytes behind it, also more than were ever hashed before", () =>
    fc.assert(
      fc.asyncProperty(anyText, fc.uint8Array(), fc.nat({ max: 400_000 }), async (text, bytes, more) => {
        const all = new Uint8Array(bytes.length + more);
        all.set(bytes);
        expect(sha256(text, all)).toBe(await sha256Hex([utf8.encode(text), all]));
      }),
      { numRuns: 20 },
    ));
});

test("a receipt is signed whole, however long its texts are and in whatever script", async () => {
  const key = readKey(makeKey());
  const chain = new ReceiptChain(key, "c", null);
  for (const queryId of ["e".repeat(300_000), "é".repeat(1_000), "水".repeat(200_000), "😀".repeat(70_000), "x"]) {
    const receipt = sealed(chain, unsigned({ queryId }));
    const { payload = "{}" } = parseCompact(receipt.jws) ?? {};
    expect(JSON.parse(payload).query_id).toBe(queryId);
    expect((await verifyReceipt(receipt, [key.published])).signature.status).toBe("ok");
  }
});
