import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, oneOf } from "./shapes.ts";

/** What may become of a request that waits for a person; `expired`: it was approved, and not sent again in time. */
export const ESCALATION_STATES = ["waiting", "approved", "rejected", "used", "expired"] as const;

/** One of {@link ESCALATION_STATES}. */
export const EscalationState = oneOf(ESCALATION_STATES);
export type EscalationState = Static<typeof EscalationState>;

/** A request that waits for a person, or waited. */
export const Escalation = Closed({
  id: Type.String({ description: "the escalation_id the caller was told" }),
  state: EscalationState,
  at: Type.Number({ description: "receipt of the request, epoch milliseconds" }),
  request: Type.String({ description: "its x-request-id" }),
  endpoint: Type.String(),
  model: nullable(Type.String()),
  consumer: nullable(Type.String()),
  policy: Type.String(),
  reason_code: Type.String(),
  message: Type.String({ description: "what the caller was told" }),
  text: nullable(
    Type.String({ description: "redacted; null where audit-logger.content keeps none, or a policy blocks it" }),
  ),
  by: nullable(Type.String({ description: "who decided" })),
  reason: nullable(Type.String({ description: "why" })),
  decided_at: nullable(Type.Number()),
  expires_at: nullable(Type.Number({ description: "until when an approved request may be sent again" })),
});
export type Escalation = Static<typeof Escalation>;
