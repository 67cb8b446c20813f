import type { TargetView } from "../../../schema/views/target-view.ts";

type Tone = "good" | "warn" | "bad" | "note" | "plain";

/** A word with a sign before it, so that it is told apart without its colour. */
export function Chip({ tone, sign, text }: { tone: Tone; sign: string; text: string }) {
  return (
    <span class={`chip ${tone}`}>
      <span aria-hidden="true">{sign}</span>
      {text}
    </span>
  );
}

const VERDICTS: Readonly<Record<string, readonly [Tone, string]>> = {
  allow: ["good", "✓"],
  redact: ["warn", "▒"],
  block: ["bad", "✕"],
  escalate: ["note", "⇧"],
  skipped: ["plain", "–"],
  error: ["bad", "!"],
};

/** What the policies decided. */
export function VerdictChip({ verdict }: { verdict: string }) {
  const [tone, sign] = VERDICTS[verdict] ?? ["plain", "?"];
  return <Chip tone={tone} sign={sign} text={verdict} />;
}

/** How a request ended; a refusal that was meant is no failure. */
export function OutcomeChip({ outcome, status }: { outcome: string; status: number | null }) {
  const text = status === null ? outcome : `${status} ${outcome}`;
  if (outcome === "ok") return <Chip tone="good" sign="✓" text={text} />;
  if (outcome === "cancelled" || outcome === "hedged_out") return <Chip tone="plain" sign="–" text={text} />;
  return <Chip tone={status !== null && status < 500 ? "warn" : "bad"} sign="✕" text={text} />;
}

const BREAKERS: Readonly<Record<string, readonly [Tone, string]>> = {
  closed: ["good", "✓"],
  open: ["bad", "✕"],
  half_open: ["warn", "◐"],
  off: ["plain", "–"],
};

/** A circuit breaker's state. */
export function BreakerChip({ state }: { state: string }) {
  const [tone, sign] = BREAKERS[state] ?? ["plain", "?"];
  return <Chip tone={tone} sign={sign} text={state.replace("_", " ")} />;
}

/** Whether a target can be asked, and why not. */
export function StateChip({ target }: { target: TargetView }) {
  if (target.available) return <Chip tone="good" sign="✓" text="ready" />;
  return (
    <>
      <Chip tone="bad" sign="✕" text="not available" />
      {target.reason !== null && <div class="small soft">{target.reason}</div>}
    </>
  );
}

const ESCALATIONS: Readonly<Record<string, readonly [Tone, string]>> = {
  waiting: ["warn", "…"],
  approved: ["good", "✓"],
  rejected: ["bad", "✕"],
  used: ["good", "✓"],
  expired: ["plain", "–"],
};

/** What became of a request that was put before a person. */
export function EscalationChip({ state }: { state: string }) {
  const [tone, sign] = ESCALATIONS[state] ?? ["plain", "?"];
  return <Chip tone={tone} sign={sign} text={state === "used" ? "approved and sent" : state} />;
}
