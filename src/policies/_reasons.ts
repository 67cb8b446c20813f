import { thousandths } from "../lib/thousandths.ts";
import type { Finding } from "./policy.ts";

/** So many kinds of findings are named. */
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
