import { reasonsOf } from "../../policies/_reasons.ts";
import type { Verdict } from "../../policies/policy.ts";
import type { PolicyRecord } from "../../schema/event.ts";
import type { ChainPolicy } from "./chain-api.ts";

/** One policy in one phase of a run. */
export interface Step {
  readonly policy: ChainPolicy;
  readonly phase: "input" | "tool" | "output";
}

/** A record of a step; what is not given says that nothing was found. */
export function recordOf(step: Step, said: Partial<PolicyRecord> & Pick<PolicyRecord, "verdict">): PolicyRecord {
  return {
    policy: step.policy.name,
    phase: step.phase,
    mode: step.policy.mode,
    reason_code: null,
    findings: 0,
    score: null,
    ...said,
  };
}

/** What a verdict comes to on the ledger. */
export function verdictFacts(
  verdict: Verdict,
): Pick<PolicyRecord, "verdict" | "reason_code" | "findings" | "score" | "reasons"> {
  const reasons = reasonsOf(verdict.findings ?? []);
  return {
    verdict: verdict.action,
    reason_code: verdict.reasonCode ?? null,
    findings: verdict.findings?.length ?? 0,
    score: verdict.score ?? null,
    ...(reasons.length === 0 ? {} : { reasons }),
  };
}

const STRENGTH: Readonly<Record<string, number>> = {
  skipped: 0,
  allow: 1,
  error: 2,
  retry: 3,
  redact: 4,
  replace: 5,
  escalate: 6,
  block: 7,
};

const strength = (verdict: string): number => STRENGTH[verdict] ?? 0;

/** The strongest verdict that was enforced; an answer that was replaced counts as redacted. */
export function strongest(records: readonly PolicyRecord[]): "allow" | "redact" | "escalate" | "block" {
  let found = "allow";
  for (const { verdict, mode } of records) {
    if (mode === "enforce" && strength(verdict) > strength(found)) found = verdict;
  }
  if (found === "block" || found === "escalate") return found;
  return found === "redact" || found === "replace" ? "redact" : "allow";
}

/**
 * `pii-detector=redact;3, prompt-injection=allow`: each policy once, in the order asked, with the strongest it said, the
 * number of findings where there are any, and `monitor` where it only watched. Null where no policy was asked.
 */
export function headerOf(records: readonly PolicyRecord[]): string | null {
  if (records.length === 0) return null;
  const byPolicy = new Map<string, { verdict: string; findings: number; monitored: boolean }>();
  for (const { policy, verdict, findings, mode } of records) {
    const known = byPolicy.get(policy);
    if (known === undefined) byPolicy.set(policy, { verdict, findings, monitored: mode === "monitor" });
    else {
      known.findings += findings;
      if (strength(verdict) > strength(known.verdict)) {
        known.verdict = verdict;
        known.monitored = mode === "monitor";
      }
    }
  }
  return [...byPolicy]
    .map(([policy, { verdict, findings, monitored }]) => {
      return `${policy}=${verdict}${findings > 0 ? `;${findings}` : ""}${monitored ? ";monitor" : ""}`;
    })
    .join(", ");
}
