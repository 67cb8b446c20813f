import { ERRORS, type ErrorCode } from "./errors.ts";

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** Outcomes that are ours or an upstream's fault: codes of a 5xx, also where a stream that began as a 200 ended with one. */
const FAILURES: readonly string[] = CODES.filter((code) => ERRORS[code].status >= 500);

/** Whether an attempt that ended so failed because of its target: a refusal of what the caller asked is none of its faults. */
export function isTargetFault(outcome: string): boolean {
  return outcome.startsWith("upstream_") && outcome !== "upstream_rejected";
}

/** What a filter by outcome can ask for, for people. */
export const OUTCOME_FORMS = "failed (any code of a 5xx, broken streams too), cancelled, or a code of an error";

/** The outcomes that a filter asks for by one word; null where there is no such outcome. */
export function outcomesOf(word: string): readonly string[] | null {
  if (word === "failed") return FAILURES;
  return word === "cancelled" || CODES.some((code) => code === word) ? [word] : null;
}
