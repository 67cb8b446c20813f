import { GatewayError } from "../lib/errors.ts";
import { escalationId } from "../lib/ids.ts";
import type { Verdict } from "./policy.ts";

/** A verdict that stops a request or an answer. */
export type Stop = Extract<Verdict, { action: "block" | "escalate" }>;

/** The reason on the ledger where a policy would have held what a person has let pass. */
export const APPROVED_REASON = "escalation.approved";

/** A verdict that blocks. */
export function block(reasonCode: string, message: string): Stop & { readonly action: "block" } {
  return { action: "block", reasonCode, message, findings: [{ kind: reasonCode }] };
}

/** What the caller is told of a request or an answer that is stopped, without what a chain adds: policy and status. */
export function stopError(what: "Request" | "Answer", { action, reasonCode, message, ownWords }: Stop): GatewayError {
  const reason = { reason_code: reasonCode };
  if (action === "escalate") {
    const extra = { ...reason, escalation_id: escalationId() };
    return new GatewayError("escalation_required", ownWords ? message : `${what} held for a person: ${message}`, {
      extra,
    });
  }
  const code = what === "Request" ? "input_blocked" : "output_blocked";
  return new GatewayError(code, ownWords ? message : `${what} blocked: ${message}`, { extra: reason });
}

/** The error that ends a stream by a verdict: what a chain makes of it for a whole answer. */
export function endOfStream(stop: Stop): GatewayError {
  return stopError("Answer", stop);
}

/** A tool's name for a message: a name that is none could hold anything, so it is not repeated. */
export function shownTool(name: string): string {
  return /^[\w.:/-]{1,64}$/.test(name) ? `the tool "${name}"` : "a tool whose name is not shown";
}
