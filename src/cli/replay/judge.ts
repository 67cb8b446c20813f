import type { Config, PolicyName, PolicySettings } from "../../config/config.ts";
import type { PolicyRecord, RequestEvent } from "../../schema/event.ts";
import { chainOf, judgesText } from "./config.ts";
import { textOf } from "./request.ts";

/** Verdicts of policies, the strongest last. */
const STRENGTH = ["allow", "redact", "escalate", "block"] as const;
export type Strength = (typeof STRENGTH)[number];

/** The stronger of two verdicts. */
export function stronger(a: Strength, b: Strength): Strength {
  return STRENGTH.indexOf(a) >= STRENGTH.indexOf(b) ? a : b;
}

/** What policies said of a request by the record alone, under the modes of a new configuration. */
export interface RecordedVerdicts {
  /** Before it was sent, and of its answer; null: nothing that would be enforced. */
  readonly request: PolicyRecord | null;
  readonly answer: PolicyRecord | null;
  /** The strongest of all, and of those before it was sent. */
  readonly verdict: Strength;
  readonly asked: Strength;
}

/** What of a request may be judged anew: not what is in no record. */
export interface Known {
  readonly request: boolean;
  readonly answer: boolean;
}

/** Which texts of a request were kept, so that they can be judged anew. */
export function knownOf(event: RequestEvent): Known {
  return {
    request: textOf(event) !== null,
    answer: event.content?.form === "redacted" && event.content.answer !== null,
  };
}

/**
 * Verdicts on record that nobody can come to anew, since their texts were not kept (or were kept redacted): they hold
 * where their policy is in the request's new chain and is enforced there, whether it only watched then or not.
 */
export function recordedVerdicts(config: Config, event: RequestEvent): RecordedVerdicts {
  const chain = new Set<string>(chainOf(config, event) satisfies readonly PolicyName[]);
  const known = knownOf(event);
  const found: { request: PolicyRecord | null; answer: PolicyRecord | null } = { request: null, answer: null };
  let verdict: Strength = "allow";
  let asked: Strength = "allow";
  for (const record of event.policies) {
    const settings = config.policy[record.policy as PolicyName];
    const isEnforced = chain.has(record.policy) && settings?.mode !== "monitor" && event.endpoint !== "moderations";
    const phase = record.phase === "output" ? "answer" : "request";
    // who may ask is judged anew, what tools a request has is not known
    if (!isEnforced || (!judgesText(record.policy) && record.phase !== "tool")) continue;
    const now = strengthOf(record, settings);
    // what was redacted was kept as redacted: nothing is left to find, whatever is done about it now
    const isGone = now === "redact" || (record.verdict === "redact" && record.mode !== "monitor");
    if (now === "allow" || (known[phase] && !isGone)) continue;
    verdict = stronger(verdict, now);
    if (phase === "request") asked = stronger(asked, now);
    const reason_code = now === record.verdict ? record.reason_code : null;
    if (now !== "redact") found[phase] ??= { ...record, verdict: now, reason_code };
  }
  return { ...found, verdict, asked };
}

/** What a policy does now about what it found then. */
function strengthOf({ verdict, mode }: PolicyRecord, settings: PolicySettings | undefined): Strength {
  if (verdict !== "block" && verdict !== "escalate" && verdict !== "redact") return "allow";
  const action = settings?.["action"];
  if (action === "block" || action === "escalate") return action;
  if (action === "redact" || action === "tokenize") return "redact";
  return action === "log" && mode === "monitor" ? "allow" : verdict;
}

/** The strongest verdict that was enforced, among those that can be compared. */
export function enforcedVerdict({ policies }: RequestEvent): Strength {
  let verdict: Strength = "allow";
  for (const record of policies) {
    const said = STRENGTH.find((one) => one === record.verdict);
    if (said !== undefined && record.mode !== "monitor") verdict = stronger(verdict, said);
  }
  return verdict;
}
