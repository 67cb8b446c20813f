import { GatewayError } from "../lib/errors.ts";
import type { Verdict } from "./policy.ts";

/** A verdict that stops a request or an answer. */
export type Stop = Extract<Verdict, { action: "block" | "escalate" }>;

/** A verdict that blocks. */
export function block(reasonCode: string, message: string): Stop & { readonly action: "block" } {
  return { action: "block", reasonCode, message, findings: [{ kind: reasonCode }] };
}

/** The error that ends a stream by a verdict: what a chain makes of it for a whole answer. */
export function endOfStream({ action, reasonCode, message }: Stop): GatewayError {
  const reason = { reason_code: reasonCode };
  if (action === "block") return new GatewayError("output_blocked", `Answer blocked: ${message}`, { extra: reason });
  const extra = { ...reason, escalation_id: `esc_${Bun.randomUUIDv7()}` };
  return new GatewayError("escalation_required", `Answer held for a person: ${message}`, { extra });
}

/** A tool's name for a message: a name that is none could hold anything, so it is not repeated. */
export function shownTool(name: string): string {
  return /^[\w.:/-]{1,64}$/.test(name) ? `the tool "${name}"` : "a tool whose name is not shown";
}
