import type { ReceiptPart, UnsignedReceipt } from "../schema/receipt.ts";
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
  const several = parts.length > 1;
  const sums = several ? estimatesOfParts(parts) : last;
  // in canonical order: it is written once, and not sorted
  return {
    accounting: last.accounting,
    basis: last.basis,
    chain: "",
    completion_tokens: several ? tokensOf(parts) : last.completion_tokens,
    energy_wh: sums.energy_wh,
    energy_wh_ci90_hi: sums.energy_wh_ci90_hi,
    energy_wh_ci90_lo: sums.energy_wh_ci90_lo,
    exclusions: exclusionsOf(made, facts.exclusions),
    gco2e: sums.gco2e,
    gco2e_ci90_hi: sums.gco2e_ci90_hi,
    gco2e_ci90_lo: sums.gco2e_ci90_lo,
    gco2e_embodied: sums.gco2e_embodied,
    gco2e_usage: sums.gco2e_usage,
    grid_intensity_age_minutes: last.grid_intensity_age_minutes,
    grid_intensity_gco2_per_kwh: last.grid_intensity_gco2_per_kwh,
    grid_intensity_observed_at: last.grid_intensity_observed_at,
    grid_intensity_requested_at: last.grid_intensity_requested_at,
    grid_intensity_source: last.grid_intensity_source,
    grid_temporal_match: last.grid_temporal_match,
    grid_zone: last.grid_zone,
    inputs: last.inputs,
    issued_at: facts.issuedAt,
    issuer: facts.issuer,
    methodology_hash: facts.methodologyHash,
    methodology_version: METHODOLOGY_VERSION,
    ml_water: sums.ml_water,
    ml_water_ci90_hi: sums.ml_water_ci90_hi,
    ml_water_ci90_lo: sums.ml_water_ci90_lo,
    model: last.model,
    ...(several ? { parts } : {}),
    prev: null,
    prev_chain: null,
    prompt_tokens: facts.promptTokens,
    query_id: facts.queryId,
    receipt_id: facts.receiptId,
    region: last.region,
    request_commitment: facts.requestCommitment,
    response_commitment: facts.responseCommitment,
    route_taken: facts.routeTaken,
    routing_decision_hash: facts.routingDecisionHash,
    seq: 0,
    target: last.target,
    tier: several ? Math.min(...parts.map((part) => part.tier)) : last.tier,
  };
}

/** The output tokens of several parts; null where those of one are not known. */
export function tokensOf(parts: readonly ReceiptPart[]): number | null {
  const counts = parts.map(({ completion_tokens: count }) => count);
  return counts.includes(null) ? null : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function exclusionsOf(parts: readonly Part[], more: readonly string[]): string[] {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return [...first.exclusions, ...more];
  return [...new Set([...parts.flatMap(({ exclusions }) => exclusions), ...more])];
}
