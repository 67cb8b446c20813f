import { expect, test } from "bun:test";
import { checkReceipts, receiptsIn } from "../../../../src/console/ui/receipts/check.ts";
import { signer } from "../../../support/receipts.ts";

const { sign, keys } = signer();
const blocks = [1, 2, 3, 4].map((at) => sign({ receiptId: `rcpt_${at}` }));
const bare = blocks.map(({ jws }) => ({ jws }));

test("a chain holds, as blocks and as bare signatures", async () => {
  for (const given of [blocks, bare]) {
    const checked = await checkReceipts(given, keys);
    expect([checked.signature.status, checked.recomputation.status, checked.chain.status]).toEqual(["ok", "ok", "ok"]);
  }
});

test("a chain that is broken is seen, and what nobody signed has no place in it", async () => {
  const [first, , third] = blocks;
  expect((await checkReceipts([first!, third!], keys)).chain.status).toBe("gap");
  const { chain, signature } = await checkReceipts(blocks, signer().keys);
  expect([signature.status, chain.status]).toEqual(["failed", "not_checked"]);
});

test("a reason is told once with how many it holds for, and every receipt has a name", async () => {
  const { signature } = await checkReceipts(bare, signer().keys);
  expect(signature.reasons).toEqual([expect.stringMatching(/^4 receipts, the first is rcpt_1: no key with the kid/)]);
  const [first, ...others] = blocks;
  const { block } = await checkReceipts([{ ...first, gco2e: 1 }, ...others], keys);
  expect(block.reasons).toEqual(["rcpt_1: gco2e is not what was signed"]);
  expect((await checkReceipts([{ ...first, gco2e: 1 }], keys)).block.reasons).toEqual(["gco2e is not what was signed"]);
});

test("receipts are found in an answer, an array, lines and a recorded stream", () => {
  const [first, second] = blocks;
  const lines = (prefix: string) => [first, second].map((block) => `${prefix}${JSON.stringify({ vetted: block })}`);
  for (const text of [
    JSON.stringify([{ vetted: first }, second]),
    lines("").join("\n"),
    [...lines("data: "), "data: [DONE]"].join("\r\n\r\n"),
  ])
    expect(receiptsIn(text)).toEqual([first, second] as object[]);
  expect([receiptsIn("no json"), receiptsIn("{}"), receiptsIn("null")]).toEqual([[], [], []]);
});
