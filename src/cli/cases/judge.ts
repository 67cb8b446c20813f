import { strongest } from "../../gateway/chain/record.ts";
import type { TestCase } from "../../schema/config/testing.ts";
import type { PolicyRecord, RequestEvent } from "../../schema/event.ts";
import type { CaseOutcome } from "./run.ts";

/** One case, judged. The members are those of the JSON output. */
export interface CaseResult {
  readonly name: string;
  /** `allow`, `redact`, `block`, `escalate`; `error` where the request failed for another reason. */
  readonly verdict: string;
  readonly reason_code: string | null;
  readonly passed: boolean;
  readonly details: {
    readonly policy_results: readonly PolicyRecord[];
    /** Where the case stands. */
    readonly file: string;
    /** What was expected and did not come; empty when passed. */
    readonly failures: readonly string[];
  };
}

/** Compares what a case came to with what it expects. */
export function judgeCase(one: TestCase, outcome: CaseOutcome, file: string): CaseResult {
  const records = recordsOf(outcome);
  const verdict = outcome.trouble === null && outcome.event !== null ? verdictOf(outcome.event, records) : "error";
  const deciding = decidingOf(records, verdict);
  const failures = [
    ...emptyFailures(one),
    ...verdictFailures(one, verdict, outcome),
    ...policyFailures(one, deciding),
    ...contentFailures(one, outcome),
  ];
  const reason = deciding.find((record) => matches(record, one)) ?? deciding.find(({ reason_code: r }) => r !== null);
  return {
    name: one.name,
    verdict,
    reason_code: verdict === "error" ? (outcome.event?.outcome ?? null) : (reason?.reason_code ?? null),
    passed: failures.length === 0,
    details: { policy_results: records, file, failures },
  };
}

/** What policies said of what the case gives: an answer that nobody wrote is judged by nobody. */
function recordsOf({ event, scripted }: CaseOutcome): readonly PolicyRecord[] {
  const records = event?.policies ?? [];
  return scripted === null ? records.filter(({ phase }) => phase !== "output") : records;
}

function verdictOf(event: RequestEvent, records: readonly PolicyRecord[]): string {
  return records.length === event.policies.length ? event.verdict : strongest(records);
}

/** The records that made the verdict; all that were asked where it is `allow`. */
function decidingOf(records: readonly PolicyRecord[], verdict: string): readonly PolicyRecord[] {
  if (verdict === "allow") return records.filter((record) => record.verdict !== "skipped");
  const words = verdict === "redact" ? ["redact", "replace"] : [verdict];
  return records.filter((record) => record.mode === "enforce" && words.includes(record.verdict));
}

function matches(record: PolicyRecord, { expected }: TestCase): boolean {
  const { policy = record.policy, reason_code: reason = record.reason_code } = expected;
  return record.policy === policy && record.reason_code === reason;
}

/** A case that expects nothing in particular would pass whatever the policies do. */
function emptyFailures({ expected }: TestCase): readonly string[] {
  const { verdict, reason_code: reason, policy, content_contains: has, content_not_contains: lacks } = expected;
  const texts = [...listOf(has), ...listOf(lacks)].filter((text) => text !== "");
  if (texts.length > 0 || (verdict ?? reason ?? policy) !== undefined) return [];
  return [
    "expected: nothing is asserted; name a verdict, reason_code or policy, or a text in content_contains or content_not_contains",
  ];
}

function verdictFailures({ expected }: TestCase, verdict: string, { trouble }: CaseOutcome): readonly string[] {
  if (trouble !== null) return [`the request failed: ${trouble}`];
  if (expected.verdict === undefined || expected.verdict === verdict) return [];
  return [`verdict: expected ${expected.verdict}, got ${verdict}`];
}

function policyFailures(one: TestCase, deciding: readonly PolicyRecord[]): readonly string[] {
  const { policy, reason_code: reason } = one.expected;
  if (policy === undefined && reason === undefined) return [];
  if (deciding.some((record) => matches(record, one))) return [];
  const got = deciding.map((record) => `${record.policy} (${record.reason_code ?? "no reason"})`).join(", ");
  const wanted = [policy ?? "any policy", reason === undefined ? "" : `(${reason})`].filter(Boolean).join(" ");
  return [`decided by: expected ${wanted}, got ${got === "" ? "nobody" : got}`];
}

function contentFailures({ expected }: TestCase, outcome: CaseOutcome): readonly string[] {
  const { forwarded, answered, scripted } = outcome;
  const failures: string[] = [];
  for (const text of listOf(expected.content_contains)) {
    if (!answered.includes(text) && forwarded?.includes(text) !== true) {
      failures.push(`content_contains: ${JSON.stringify(text)} is not there`);
    }
  }
  for (const text of listOf(expected.content_not_contains)) {
    if (answered.includes(text)) failures.push(`content_not_contains: ${JSON.stringify(text)} is in the answer`);
    // what the upstream itself was told to say may also have been asked about
    else if (forwarded?.includes(text) === true && scripted?.includes(text) !== true) {
      failures.push(`content_not_contains: ${JSON.stringify(text)} is in what went to the upstream`);
    }
  }
  return failures;
}

function listOf(texts: string | readonly string[] | undefined): readonly string[] {
  return texts === undefined ? [] : typeof texts === "string" ? [texts] : texts;
}
