import type { RequestContext } from "../../lib/context.ts";
import { GatewayError } from "../../lib/errors.ts";
import { APPROVED_REASON } from "../../policies/_blocked-answer.ts";
import type { PolicyRecord } from "../../schema/event.ts";
import type { ChainOptions } from "./chain-api.ts";
import { recordOf, type Step } from "./record.ts";

/** What the phases of one request share. */
export interface RunState {
  readonly options: ChainOptions;
  readonly context: RequestContext;
  readonly blockStatus: number;
  readonly records: PolicyRecord[];
  readonly degraded: string[];
}

/** What a caller is told to wait when a policy failed: long enough for a restart, short enough for a passing fault. */
const RETRY_AFTER_MS = 10_000;

/** How a policy failed to give a verdict. */
export type Failure = "error" | "timeout";

/**
 * Whether what a step said is enforced. On `/v1/moderations` texts are meant to be bad: there content policies only
 * watch, save for redaction.
 */
export function enforces(state: RunState, { policy }: Step): boolean {
  if (policy.mode === "monitor") return false;
  return state.context.endpoint !== "moderations" || policy.content === false;
}

/** What stands on the ledger where a policy would have held what a person has let pass. */
export const APPROVED = { verdict: "allow", reason_code: APPROVED_REASON } as const;

/** Whether a person has let this request pass, so that nothing holds it again. */
export function isApproved({ context }: RunState): boolean {
  return context.escalation?.isApproved === true;
}

/** Notes that the steps after a block were not asked. */
export function skip(state: RunState, steps: readonly Step[]): void {
  for (const step of steps) state.records.push(recordOf(step, { verdict: "skipped" }));
}

/**
 * The error that ends the request because `step` failed, or null where it goes on without it: a policy that only watches
 * never stops anything, and `failMode: allow` lets the others go on, marked in the ledger.
 */
export function failed(state: RunState, step: Step, cause: { failure: Failure; thrown: unknown }): GatewayError | null {
  const { name, mode } = step.policy;
  const { failure, thrown } = cause;
  const { log, id } = state.context;
  // a message of a policy may quote the text it read, so only the place of the error goes to the log
  log.error({ request_id: id, policy: name, phase: step.phase, failure, at: placeOf(thrown) }, "policy failed");
  if (mode === "monitor" || state.options.failMode === "allow") {
    state.degraded.push(`policy_${failure}:${name}`);
    return null;
  }
  const what = failure === "timeout" ? `gave no verdict within ${state.options.timeoutMs} ms` : "failed";
  return new GatewayError(
    "policy_error",
    `The policy "${name}" ${what}: nothing passes unchecked, so this request was refused`,
    { retryAfterMs: RETRY_AFTER_MS, extra: { policy: name, reason_code: `policy.${failure}` } },
  );
}

function placeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const frames = (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [thrown.name, ...frames.slice(0, 4).map((line) => line.trim())].join(" ");
}

/** A policy's own GatewayError with what the wire form of a block wants beside it. */
export function decorated(state: RunState, step: Step, error: GatewayError): GatewayError {
  const { code, message, details } = error;
  const blocks = code === "input_blocked" || code === "output_blocked" || code === "escalation_required";
  return new GatewayError(code, message, {
    ...details,
    status: details.status ?? (blocks ? state.blockStatus : undefined),
    extra: { policy: step.policy.name, ...details.extra },
  });
}

/** The reason code a policy's own GatewayError gives. */
export function reasonOf(error: GatewayError): string {
  const given = error.details.extra?.["reason_code"];
  return typeof given === "string" ? given : error.code;
}
