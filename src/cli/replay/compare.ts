import type { RequestEvent } from "../../schema/event.ts";
import { enforcedVerdict, type Strength, stronger } from "./judge.ts";
import type { Replayed } from "./run.ts";

/** What became of a request, or would. */
export interface Came {
  /** `ok`, `cancelled` or an error code. */
  readonly outcome: string;
  readonly verdict: Strength;
  readonly target: string | null;
  readonly region: string | null;
  readonly attempts: number;
  /** Null: unknown; 0 where nobody was asked. */
  readonly cost_usd: number | null;
  readonly energy_wh: number | null;
  readonly gco2e: number | null;
}

/** What may differ. */
export const ASPECTS = ["outcome", "verdict", "target", "region", "cost", "carbon"] as const;
export type Aspect = (typeof ASPECTS)[number];

/** One request, compared. */
export interface Compared {
  readonly id: string;
  readonly at: string;
  readonly endpoint: string;
  readonly model: string | null;
  readonly consumer: string | null;
  readonly changed: readonly Aspect[];
  readonly before: Came;
  readonly after: Came;
  /** Why it would be otherwise; null: nothing more is to be said. */
  readonly why: string | null;
  /** Whether policies that judge what is said saw its text, or only what is on record of it. */
  readonly judged: "text" | "record";
}

/** Emissions are the same up to this share of them: they are estimated from times, of which the gateway's own are a part. */
const SAME = 0.05;

/** Compares a request with what it would be. */
export function compare(one: Replayed): Compared {
  const { before: event, judged } = one;
  const before = came(event, enforcedVerdict(event));
  const after = cameAfter(one);
  const changed = ASPECTS.filter((aspect) => differs(aspect, before, after));
  return {
    id: event.id,
    at: new Date(event.at).toISOString(),
    endpoint: event.endpoint,
    model: event.model,
    consumer: event.consumer,
    changed,
    before,
    after,
    why: changed.length === 0 ? null : why(one, { before, after }),
    judged: judged ? "text" : "record",
  };
}

function came(event: RequestEvent, verdict: Strength): Came {
  const { outcome, target, attempts, cost, carbon, routing_trace: trace } = event;
  const asked = attempts.length > 0;
  const answered = attempts.findLast((attempt) => attempt.target === target);
  return {
    outcome,
    verdict,
    target,
    region: target === null ? null : (answered?.region ?? carbon?.region ?? trace?.region ?? null),
    attempts: attempts.length,
    cost_usd: asked ? (cost?.usd ?? null) : 0,
    energy_wh: asked ? (carbon?.energy_wh ?? null) : 0,
    gco2e: asked ? (carbon?.gco2e ?? null) : 0,
  };
}

const CODES: Readonly<Record<string, [request: string, answer: string]>> = {
  block: ["input_blocked", "output_blocked"],
  escalate: ["escalation_required", "escalation_required"],
};

function cameAfter({ before, after, recorded, held }: Replayed): Came {
  const own = enforcedVerdict(after);
  const result = came(after, stronger(own, recorded.verdict));
  const isHeld = held && recorded.request !== null;
  if (isHeld) return { ...result, outcome: CODES[recorded.request!.verdict]![0] };
  if (after.outcome !== "ok") {
    // a refusal at the door comes before what policies would say, one for want of a target or of money after it
    const wasJudged = typeof after.timing?.policy_ms === "number";
    return { ...result, verdict: wasJudged ? stronger(own, recorded.asked) : own };
  }
  if (recorded.answer !== null) return { ...result, outcome: CODES[recorded.answer.verdict]![1] };
  // who left then leaves now
  return before.outcome === "cancelled" ? { ...result, outcome: "cancelled" } : result;
}

function differs(aspect: Aspect, before: Came, after: Came): boolean {
  switch (aspect) {
    case "cost":
      return !isSame(before.cost_usd, after.cost_usd, 1e-9);
    case "carbon":
      return !isSame(before.gco2e, after.gco2e, SAME);
    default:
      return before[aspect] !== after[aspect];
  }
}

function isSame(a: number | null, b: number | null, share: number): boolean {
  // what nobody knows may well be nothing
  if (a === null || b === null) return (a ?? 0) === (b ?? 0);
  return Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b));
}

function why(
  { before: was, after: event, recorded, held }: Replayed,
  of: { before: Came; after: Came },
): string | null {
  const { before, after } = of;
  if (before.outcome !== after.outcome || before.verdict !== after.verdict) {
    const own = event.policies.findLast(({ verdict, mode }) => mode !== "monitor" && verdict === after.verdict);
    const judge = (held ? recorded.request : null) ?? own ?? recorded.answer;
    if (after.verdict !== "allow" && judge !== null && judge !== undefined) {
      return judge.reason_code === null ? judge.policy : `${judge.policy}: ${judge.reason_code}`;
    }
    if (before.verdict !== "allow" && after.outcome === "ok") return "no policy would stop or change it";
  }
  if (before.target === null && after.outcome === "ok") return `no longer ${before.outcome}`;
  if (before.target !== after.target) {
    const dropped = event.route?.candidates.find(({ target }) => target === before.target);
    if (before.target !== null && event.route !== null) {
      if (dropped === undefined) return `${before.target} is not in the pool`;
      if (dropped.dropped !== null) return `${before.target}: ${dropped.dropped}`;
      const tried = event.attempts.find(({ target }) => target === before.target);
      if (tried !== undefined) return `${before.target}: ${tried.outcome}`;
    }
    const reason = event.routing_trace?.decision_reason ?? event.route?.decision ?? null;
    const strategy = event.route?.strategy ?? null;
    if (reason !== null) return reason === strategy || strategy === null ? reason : `${strategy}: ${reason}`;
    return was.outcome === after.outcome ? null : after.outcome;
  }
  if (before.outcome !== after.outcome) return after.outcome;
  if (before.attempts !== after.attempts) return `${before.attempts} → ${after.attempts} attempts`;
  if (before.cost_usd === after.cost_usd) return null;
  return was.usage.basis === "exact" && event.usage.basis === "exact" ? "prices" : "tokens are estimated";
}
