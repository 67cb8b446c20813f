import type { ReceiptInputs, ReceiptPart, UnsignedReceipt } from "../schema/receipt.ts";
import { METHODOLOGY_VERSION } from "./methodology.ts";
import { estimatesOfParts, type Part, partOf, type Work } from "./receipt-part.ts";

/** Everything a receipt says of one request. */
export interface ReceiptFacts {
  readonly receiptId: string;
  /** `x-request-id`. */
  readonly queryId: string;
  readonly issuedAt: string;
  readonly issuer: string;
  /** How the target was found: `failover`, or the decision's mode. */
  readonly routeTaken: string;
  readonly promptTokens: number | null;
  /** Whoever made a part of the answer, in order; the last one finished it. At least one. */
  readonly works: readonly [Work, ...Work[]];
  /** What is left out besides what the works say. */
  readonly exclusions: readonly string[];
  readonly methodologyHash: string;
  readonly routingDecisionHash: string | null;
  readonly requestCommitment: string | null;
  readonly responseCommitment: string | null;
}

/** The receipt of one request, before it is given its place in a chain and signed. Pure: the same facts, the same receipt. */
export function receiptOf(facts: ReceiptFacts): UnsignedReceipt {
  const made = facts.works.map(partOf);
  const { part: last } = made.at(-1)!;
  const parts = made.map(({ part }) => part);
  const { target, model, region, tier, completion_tokens, inputs, ...rest } = last;
  const several = parts.length > 1;
  return {
    receipt_id: facts.receiptId,
    query_id: facts.queryId,
    issued_at: facts.issuedAt,
    issuer: facts.issuer,
    tier: several ? Math.min(...parts.map((part) => part.tier)) : tier,
    model,
    target,
    region,
    route_taken: facts.routeTaken,
    ...rest,
    ...(several ? estimatesOfParts(parts) : {}),
    prompt_tokens: facts.promptTokens,
    completion_tokens: several ? tokensOf(parts) : completion_tokens,
    inputs: inputs as ReceiptInputs,
    ...(several ? { parts } : {}),
    exclusions: exclusionsOf(made, facts.exclusions),
    methodology_version: METHODOLOGY_VERSION,
    methodology_hash: facts.methodologyHash,
    routing_decision_hash: facts.routingDecisionHash,
    request_commitment: facts.requestCommitment,
    response_commitment: facts.responseCommitment,
  };
}

function tokensOf(parts: readonly ReceiptPart[]): number | null {
  const counts = parts.map(({ completion_tokens: count }) => count);
  return counts.includes(null) ? null : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function exclusionsOf(parts: readonly Part[], more: readonly string[]): string[] {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return [...first.exclusions, ...more];
  return [...new Set([...parts.flatMap(({ exclusions }) => exclusions), ...more])];
}
