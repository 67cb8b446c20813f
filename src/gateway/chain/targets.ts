import { GatewayError } from "../../lib/errors.ts";
import type { Parsed } from "../../lib/json/json.ts";
import { stopError } from "../../policies/_blocked-answer.ts";
import type { TargetFacts, TargetFilter } from "../../policies/policy.ts";
import type { PolicyRecord } from "../../schema/event.ts";
import { recordOf, type Step, verdictFacts } from "./record.ts";
import { decorated, enforces, failed, type RunState, reasonOf } from "./run.ts";

/** What the policies say of the targets of one request, before it is routed. */
export interface TargetGate {
  /** Why a target is left out, or null. Throws `policy_error` where a policy fails and nothing may pass unchecked. */
  objection(target: TargetFacts): string | null;
  /** Call once the candidates are known, with the order they will be asked in. Throws `input_blocked`. */
  decided(order: readonly string[]): void;
}

interface Stage {
  readonly step: Step;
  readonly filter: TargetFilter;
  broken: boolean;
}

/** The gate of one request; null where no policy chooses targets. */
export function openTargets(state: RunState, steps: readonly Step[], parsed: Parsed): TargetGate | null {
  const stages: Stage[] = [];
  for (const step of steps) {
    const filter = guarded(state, step, () => step.policy.policy.targets?.(parsed, state.context));
    if (filter != null) stages.push({ step, filter, broken: false });
  }
  if (stages.length === 0) return null;
  return {
    objection(target) {
      let reason: string | null = null;
      for (const stage of stages) {
        if (stage.broken) continue;
        const said = guarded(state, stage.step, () => stage.filter.objection(target));
        if (said === undefined) stage.broken = true;
        if (said != null && enforces(state, stage.step)) reason ??= said;
      }
      return reason;
    },
    decided(order) {
      let refusal: GatewayError | null = null;
      for (const { step, filter, broken } of stages) {
        const verdict = broken ? undefined : guarded(state, step, () => filter.verdict(order));
        if (verdict === undefined) continue;
        const enforced = enforces(state, step);
        note(state, recordOf(step, { ...verdictFacts(verdict), mode: enforced ? "enforce" : "monitor" }));
        if (verdict.action !== "block" || !enforced) continue;
        refusal ??= decorated(state, step, stopError("Request", verdict));
      }
      if (refusal !== null) throw refusal;
    },
  };
}

/** A policy that has allowed the request itself says here what came of it: one record, in its place. */
function note(state: RunState, record: PolicyRecord): void {
  const at = state.records.findIndex(
    ({ policy, phase, verdict }) => policy === record.policy && phase === record.phase && verdict === "allow",
  );
  if (at === -1) state.records.push(record);
  else state.records[at] = record;
}

/** What a policy says; undefined where it failed and the request goes on without it. */
function guarded<T>(state: RunState, step: Step, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (thrown) {
    const reason = thrown instanceof GatewayError ? reasonOf(thrown) : "policy.error";
    state.records.push(recordOf(step, { verdict: "error", reason_code: reason }));
    const end = failed(state, step, { failure: "error", thrown });
    if (end !== null) throw end;
    return undefined;
  }
}
