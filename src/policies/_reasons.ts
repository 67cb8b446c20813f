import { thousandths } from "../lib/thousandths.ts";
import type { Finding, StreamRecord, Verdict } from "./policy.ts";

/** How many kinds of findings are named. */
const MOST_REASONS = 16;

/** Each kind once, `EMAIL x2`, with its highest score where it has one: `intent:override 0.41`. */
export function reasonsOf(findings: readonly Finding[]): string[] {
  const kinds = new Map<string, { count: number; score: number | undefined }>();
  for (const { kind, score } of findings) {
    const known = kinds.get(kind);
    if (known === undefined) {
      if (kinds.size < MOST_REASONS) kinds.set(kind, { count: 1, score });
    } else {
      known.count++;
      if (score !== undefined && score > (known.score ?? 0)) known.score = score;
    }
  }
  return [...kinds].map(
    ([kind, { count, score }]) =>
      `${kind}${count > 1 ? ` x${count}` : ""}${score === undefined ? "" : ` ${thousandths(score)}`}`,
  );
}

/** What the ledger says of a stream by the verdict on it. */
export function recordOf(verdict: Pick<Verdict, "action" | "reasonCode" | "findings" | "score">): StreamRecord {
  const { action, findings = [], reasonCode = null, score = null } = verdict;
  const reasons = findings.length > 0 ? { reasons: reasonsOf(findings) } : {};
  return { verdict: action, reason_code: reasonCode, findings: findings.length, score, ...reasons };
}
