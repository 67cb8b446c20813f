import type { HeldRequest } from "../lib/context.ts";
import type { MaybePromise } from "../lib/maybe-promise.ts";
import type { Escalation, EscalationState } from "../schema/escalation.ts";

/** Which escalations to read, the newest first. */
export interface EscalationQuery {
  readonly state?: EscalationState | undefined;
  /** 1 to 10,000. */
  readonly limit: number;
}

/** What a person decided. */
export interface Decision {
  readonly state: "approved" | "rejected";
  readonly by: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Until when the request may be sent again; null where it may not. */
  readonly expiresAt: number | null;
}

/** A request that may be sent once more. */
export interface Approval {
  readonly key: string;
  /** Epoch milliseconds. */
  readonly expires: number;
}

/** Where requests wait for a person: beside the audit ledger. Throws where it cannot be read or written. */
export interface EscalationBook {
  /** Keeps a request; the same one that waits already is not kept twice, unless `isNew`. */
  hold(item: HeldRequest, isNew: boolean): MaybePromise<{ readonly id: string; readonly isKnown: boolean }>;
  find(id: string, nowMs: number): MaybePromise<Escalation | null>;
  list(query: EscalationQuery, nowMs: number): MaybePromise<readonly Escalation[]>;
  /** Decides about one that waits; null: there is none of that id that does. */
  decide(id: string, decision: Decision): MaybePromise<Escalation | null>;
  /** Everything that may be sent once more. */
  approvals(nowMs: number): MaybePromise<readonly Approval[]>;
  /** Uses an approval up; null: there is none for this key. */
  claim(key: string, nowMs: number): MaybePromise<Escalation | null>;
}
