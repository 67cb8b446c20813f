import { type Verdict, verdict, verifyReceipt } from "../../../carbon/verify.ts";
import { type ChainedReceipt, verifyChain } from "../../../carbon/verify-chain.ts";
import { parsedJson } from "../../../lib/json/json.ts";
import type { ReceiptKey } from "../../../schema/receipt.ts";

/** What the checks of one or more receipts came to, together. */
export interface Checked {
  readonly signature: Verdict;
  readonly block: Verdict;
  readonly recomputation: Verdict;
  readonly chain: Verdict;
}

/** A public key that is one, of RFC 8032, section 7.1, test 1. */
const SOME_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/** Whether this browser can check signatures here: only over https or on localhost, and not before it knew Ed25519. */
export async function canCheck(): Promise<boolean> {
  try {
    const bytes = Uint8Array.from(SOME_KEY.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    await crypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/** Checks receipts, offline; each check fails if it fails for one of them, and says for which, a reason of many once. */
export async function checkReceipts(blocks: readonly object[], keys: readonly ReceiptKey[]): Promise<Checked> {
  const found = await Promise.all(
    blocks.map(async (given) => ({ given, ...(await verifyReceipt(given as Record<string, unknown>, keys)) })),
  );
  const all = (name: "signature" | "block" | "recomputation"): Verdict => {
    const names = new Map<string, string[]>();
    for (const [at, one] of found.entries()) {
      // of a bare signature only what it holds up says whose it is
      const { receipt_id: id = one.payload?.receipt_id } = one.given as { receipt_id?: unknown };
      const named = typeof id === "string" ? id : `receipt ${at + 1}`;
      for (const reason of one[name].reasons) names.set(reason, [...(names.get(reason) ?? []), named]);
    }
    return verdict(
      [...names].map(([reason, of]) => {
        if (blocks.length === 1) return reason;
        return of.length === 1 ? `${of[0]}: ${reason}` : `${of.length} receipts, the first is ${of[0]}: ${reason}`;
      }),
    );
  };
  const links = found.flatMap(({ given, payload, signature }): ChainedReceipt[] =>
    payload === null || signature.status !== "ok" ? [] : [{ payload, jws: String((given as { jws?: unknown }).jws) }],
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
