import { type Static, Type } from "@sinclair/typebox";
import type { RequestEvent } from "./event.ts";
import { Closed, nullable } from "./shapes.ts";

/** A place in the ledger's hash chain: the number of a row and its hash in hex. */
export const ChainHead = Closed({ seq: Type.Integer(), hash: Type.String() });
export type ChainHead = Static<typeof ChainHead>;

/** A place in the chain, signed: to be kept elsewhere, and to prove later which gateway said it. */
export const SignedHead = Closed({
  ...ChainHead.properties,
  head: Type.String({ description: "row and hash as weir events verify --head takes them" }),
  at: Type.Number({ description: "epoch milliseconds" }),
  kid: Type.String({ description: "which of the published keys (/.well-known/jwks.json) signed it" }),
  jws: Type.String({ description: "compact JWS over seq, hash and at; --head takes it too" }),
});
export type SignedHead = Static<typeof SignedHead>;

/** Somebody read the ledger while `audit-logger.log_all_access` was on. */
export const AccessRecord = Closed({
  kind: Type.Literal("access"),
  at: Type.Number({ description: "epoch milliseconds" }),
  who: Type.String({ description: "user of the operating system, or who the admin API takes the caller for" }),
  via: Type.String({ description: "cli or api" }),
  what: Type.String({ description: "the command or the route" }),
  filter: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
});
export type AccessRecord = Static<typeof AccessRecord>;

/** A chain begins here: the ledger is new, or the process before did not end in order. */
export const ChainRecord = Closed({
  kind: Type.Literal("chain"),
  at: Type.Number(),
  chain: Type.String({ description: "a fresh UUIDv7" }),
  reason: Type.Union([Type.Literal("new"), Type.Literal("crash")]),
  previous: nullable(ChainHead),
});
export type ChainRecord = Static<typeof ChainRecord>;

/** Events that could not be kept: the store failed for longer than the queue could hold. */
export const GapRecord = Closed({
  kind: Type.Literal("gap"),
  at: Type.Number(),
  lost: Type.Integer(),
  since: Type.Number({ description: "when the first of them was lost" }),
});
export type GapRecord = Static<typeof GapRecord>;

/** Rows that retention removed; `through` is the last of them and keeps the chain verifiable. */
export const PruneRecord = Closed({
  kind: Type.Literal("prune"),
  at: Type.Number(),
  before: Type.Number({ description: "rows older than this were due" }),
  rows: Type.Integer(),
  through: ChainHead,
});
export type PruneRecord = Static<typeof PruneRecord>;

/**
 * Everything before this row, back to the seal before it, is a closed segment: retention removes whole ones. This row is
 * the first of the next segment and stays, so that what was removed leaves its closing hash behind.
 */
export const SealRecord = Closed({
  kind: Type.Literal("seal"),
  at: Type.Number(),
  rows: Type.Integer({ description: "rows of the segment" }),
  newest: Type.Number({ description: "no row up to here is younger, epoch milliseconds" }),
  through: ChainHead,
});
export type SealRecord = Static<typeof SealRecord>;

/** What became of a request that waits for a person. Never its text. */
export const EscalationRecord = Closed({
  kind: Type.Literal("escalation"),
  at: Type.Number(),
  escalation: Type.String({ description: "its escalation_id" }),
  state: Type.Union(["waiting", "approved", "rejected", "used"].map((state) => Type.Literal(state))),
  request: Type.String({ description: "x-request-id of the request it is about" }),
  policy: Type.String(),
  reason_code: Type.String(),
  by: nullable(Type.String(), { description: "who decided; null: nobody yet" }),
  reason: nullable(Type.String(), { description: "why, in the words of who decided" }),
});
export type EscalationRecord = Static<typeof EscalationRecord>;

/** Everything a row of the ledger can hold that is not the event of a request. */
export type LedgerRecord = AccessRecord | ChainRecord | EscalationRecord | GapRecord | PruneRecord | SealRecord;

/** What one row of the ledger holds. */
export type LedgerEntry = RequestEvent | LedgerRecord;

/** Kinds of rows: the event of a request, or the `kind` of its {@link LedgerRecord}. */
export const ROW_KINDS = ["request", "access", "chain", "escalation", "gap", "prune", "seal"] as const;
export type RowKind = (typeof ROW_KINDS)[number];
