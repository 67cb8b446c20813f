import type { ReceiptPayload } from "../schema/receipt.ts";
import { sha256Hex, type Verdict } from "./verify.ts";

/** A receipt's place, as it was signed. */
export interface ChainedReceipt {
  readonly payload: Pick<ReceiptPayload, "receipt_id" | "chain" | "seq" | "prev" | "prev_chain">;
  readonly jws: string;
}

interface Link extends ChainedReceipt {
  readonly hash: string;
}

const utf8 = new TextEncoder();

/**
 * Checks several receipts against each other, in whatever order they come: no number twice, each names the one before
 * it, a chain begins with number 1. Receipts that are not among them leave a gap, which is no fault: a caller has only
 * its own. One receipt alone cannot be checked, unless it breaks the rules by itself or is said to be all there is
 * (`complete`).
 */
export async function verifyChain(receipts: readonly ChainedReceipt[], complete = false): Promise<Verdict> {
  const links = await Promise.all(
    receipts.map(async (receipt) => ({ ...receipt, hash: await sha256Hex([utf8.encode(receipt.jws)]) })),
  );
  const chains = new Map<string, Link[]>();
  const seen = new Set<string>();
  for (const link of links) {
    if (seen.has(link.hash)) continue;
    seen.add(link.hash);
    chains.set(link.payload.chain, [...(chains.get(link.payload.chain) ?? []), link]);
  }
  const faults: string[] = [];
  const gaps: string[] = [];
  for (const [chain, all] of chains) {
    all.sort((a, b) => a.payload.seq - b.payload.seq);
    for (const [at, link] of all.entries()) {
      checkAlone(link, faults);
      const before = all[at - 1];
      if (before !== undefined) checkPair(before, link, { chain, faults, gaps });
      else if (link.payload.seq > 1) gaps.push(missing(chain, 1, link.payload.seq - 1));
    }
  }
  checkHeads(chains, faults);
  checkNamed([...chains.values()].flat(), faults);
  if (faults.length > 0) return { status: "failed", reasons: [...faults, ...gaps] };
  if (gaps.length > 0 && (complete || seen.size > 1)) return { status: "gap", reasons: gaps };
  return { status: seen.size > 1 ? "ok" : "not_checked", reasons: [] };
}

function checkAlone({ payload }: Link, faults: string[]): void {
  const { receipt_id: id, seq, prev, prev_chain: prevChain } = payload;
  if (seq < 1) faults.push(`${id} has the number ${seq}: chains begin with 1`);
  if ((seq === 1) !== (prev === null))
    faults.push(`${id} has the number ${seq} and ${prev === null ? "no" : "a"} prev`);
  if (seq !== 1 && prevChain !== null) faults.push(`${id} names a chain before it and is not the first of its own`);
}

function checkPair(
  before: Link,
  link: Link,
  { chain, faults, gaps }: { chain: string; faults: string[]; gaps: string[] },
): void {
  const { receipt_id: id, seq, prev } = link.payload;
  const last = before.payload.seq;
  if (seq === last) faults.push(`${id} and ${before.payload.receipt_id} have the same number ${seq} in chain ${chain}`);
  else if (seq === last + 1 && prev !== before.hash) faults.push(`${id} does not follow ${before.payload.receipt_id}`);
  else if (seq > last + 1) gaps.push(missing(chain, last + 1, seq - 1));
}

const missing = (chain: string, from: number, to: number): string =>
  `chain ${chain}: the receipts from ${from} to ${to} are not among these`;

/**
 * The receipt that another one names as its predecessor must stand right before it in the chain, where it is among
 * these.
 */
function checkNamed(links: readonly Link[], faults: string[]): void {
  const byHash = new Map(links.map((link) => [link.hash, link]));
  for (const { payload } of links) {
    const named = payload.prev === null ? undefined : byHash.get(payload.prev)?.payload;
    if (named === undefined || (named.chain === payload.chain && named.seq === payload.seq - 1)) continue;
    faults.push(`${payload.receipt_id} follows ${named.receipt_id}, which has another place`);
  }
}

/** A chain that begins after another one names a receipt of it: of what is here, never one of its own. */
function checkHeads(chains: ReadonlyMap<string, readonly Link[]>, faults: string[]): void {
  for (const [chain, links] of chains) {
    const first = links[0]!;
    const { prev_chain: named, receipt_id: id } = first.payload;
    if (named !== null && links.some(({ hash }) => hash === named)) {
      faults.push(`${id} names a receipt of its own chain ${chain} as the head before it`);
    }
  }
}
