import { type Verdict, verdict, verifyReceipt } from "../../carbon/verify.ts";
import { type ChainedReceipt, verifyChain } from "../../carbon/verify-chain.ts";
import { parsedJson } from "../../lib/json.ts";
import type { ReceiptKey } from "../../schema/receipt.ts";

/** What the checks of one or more receipts came to, together. */
export interface Checked {
  readonly signature: Verdict;
  readonly block: Verdict;
  readonly recomputation: Verdict;
  readonly chain: Verdict;
}

/** Checks receipts, offline; each check fails if it fails for one of them, and says for which. */
export async function checkReceipts(blocks: readonly object[], keys: readonly ReceiptKey[]): Promise<Checked> {
  const found = await Promise.all(
    blocks.map(async (block) => ({ block, ...(await verifyReceipt(block as Record<string, unknown>, keys)) })),
  );
  const all = (name: "signature" | "block" | "recomputation"): Verdict =>
    verdict(
      found.flatMap((one) => {
        const id = blocks.length > 1 ? `${String((one.block as { receipt_id?: unknown }).receipt_id)}: ` : "";
        return one[name].reasons.map((reason) => id + reason);
      }),
    );
  const links = found.flatMap(({ block, payload }): ChainedReceipt[] =>
    payload === null ? [] : [{ payload, jws: String((block as { jws?: unknown }).jws) }],
  );
  return {
    signature: all("signature"),
    block: all("block"),
    recomputation: all("recomputation"),
    chain: await verifyChain(links),
  };
}

/**
 * The receipts in a text: a block, a whole answer, an array or lines of either, or a stream as it was recorded. Empty
 * where there is none.
 */
export function receiptsIn(text: string): object[] {
  const whole = parsedJson(text);
  if (whole !== undefined) return collect(whole);
  return text.split(/\r?\n/).flatMap((line) => {
    const value = parsedJson(line.replace(/^data:\s*/, ""));
    return value === undefined ? [] : collect(value);
  });
}

function collect(value: unknown): object[] {
  if (Array.isArray(value)) return value.flatMap(collect);
  if (typeof value !== "object" || value === null) return [];
  const members = value as Readonly<Record<string, unknown>>;
  if (typeof members["jws"] === "string") return [value];
  return [members["vetted"], members["receipt"]].flatMap((inner) => (inner === undefined ? [] : collect(inner)));
}
