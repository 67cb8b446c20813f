import { parseCompact } from "../../src/carbon/jws.ts";
import { type ReceiptFacts, receiptOf } from "../../src/carbon/receipt.ts";
import { type Machine, profileOf } from "../../src/carbon/receipt-inputs.ts";
import type { Work } from "../../src/carbon/receipt-part.ts";
import { makeKey, methodologyHash, ReceiptChain, readKey, sha256 } from "../../src/carbon/sign.ts";
import type { Receipt, ReceiptRow, UnsignedReceipt } from "../../src/schema/receipt.ts";
import type { TraceSignal } from "../../src/schema/signal.ts";

/** A measured signal of twelve minutes ago. */
export const SIGNAL: TraceSignal = {
  zone: "FR",
  source: "static",
  signal_kind: "measured",
  basis: "lifecycle",
  accounting: "production",
  gco2_per_kwh: 58,
  observed_at: "2026-11-21T07:48:00.000Z",
  requested_at: "2026-11-21T08:00:00.000Z",
  age_minutes: 12,
  temporal_match: "live",
  live_eligible: true,
};

export const MACHINE: Machine = {
  target: "medium-par",
  model: "mistral-medium-latest",
  provider: "mistral",
  region: "scaleway-par-1",
  country: "FR",
  energy: {},
};

/** What one target did, with 400 tokens of a model of known family unless said otherwise. */
export function work(change: Partial<Work> & { machine?: Partial<Machine> } = {}): Work {
  const { machine, ...rest } = change;
  return {
    profile: profileOf({ ...MACHINE, ...machine }),
    completionTokens: 400,
    tokensSource: "upstream usage",
    generationS: 1_000,
    signal: SIGNAL,
    ...rest,
  };
}

export const NONCE = "00112233445566778899aabbccddeeff";
export const REQUEST = new TextEncoder().encode('{"model":"m"}');

function facts(change: Partial<ReceiptFacts> = {}): ReceiptFacts {
  return {
    receiptId: "rcpt-1",
    queryId: "req-1",
    issuedAt: "2026-11-21T08:00:01.000Z",
    issuer: "weir",
    routeTaken: "live",
    promptTokens: 12,
    works: [work()],
    exclusions: [],
    methodologyHash: methodologyHash(),
    routingDecisionHash: null,
    requestCommitment: sha256(NONCE, REQUEST),
    responseCommitment: null,
    ...change,
  };
}

export const unsigned = (change: Partial<ReceiptFacts> = {}): UnsignedReceipt => receiptOf(facts(change));

/** The receipt that a chain seals, as its signature holds it. */
export function sealed(chain: ReceiptChain, receipt: UnsignedReceipt): Receipt {
  const { payload, jws } = chain.seal(receipt);
  return { ...JSON.parse(payload), jws };
}

/** A receipt on its way to a ledger. */
export function rowOf({ receipt_id: id, jws }: Pick<Receipt, "receipt_id" | "jws">, at = 1_000): ReceiptRow {
  return { id, at, consumer: null, payload: parseCompact(jws)!.payload, detached: jws.replace(/\..*\./, "..") };
}

/** A key and a chain of it, and what it signs as a client sees it. */
export function signer(pem = makeKey(), chain = "chain-1", prevChain: string | null = null) {
  const key = readKey(pem);
  const receipts = new ReceiptChain(key, chain, prevChain);
  const sign = (change: Partial<ReceiptFacts> = {}): Receipt => ({
    ...sealed(receipts, unsigned(change)),
    commitment_nonce: NONCE,
  });
  return { pem, key, receipts, sign, keys: [key.published] };
}
