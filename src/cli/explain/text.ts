import { usdText } from "../../gateway/budgets/cost.ts";
import type { AttemptRecord, Cost, PolicyRecord, RequestEvent, TokenUsage } from "../../schema/event.ts";
import type { StoredEvent } from "../../store/store.ts";
import type { Style } from "../terminal/style.ts";
import { counted, markVerdict, utc, visible } from "../terminal/text.ts";
import { explainCarbon } from "./carbon.ts";
import { explainRouting } from "./routing.ts";

const quoted = (text: string | null): string => (text === null ? "none" : `"${visible(text)}"`);

function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function tokens({ prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, basis }: TokenUsage): string {
  if (basis === "unknown") return "unknown";
  const parts = [`${prompt_tokens ?? "?"} in`, `${completion_tokens ?? "?"} out`];
  if (cached_tokens !== null) parts.push(`${cached_tokens} of the input cached`);
  if (reasoning_tokens !== null) parts.push(`${reasoning_tokens} of the output reasoning`);
  return `${parts.join(", ")} (${basis})`;
}

/** `$0.000123 (exact)`; rows of versions that knew no prices have none. */
function cost(of: Cost | undefined): string {
  if (of === undefined || of.usd === null) return "unknown";
  return `$${usdText(of.usd)} (${of.basis})`;
}

function outcome(event: RequestEvent): string {
  const by =
    event.target === null
      ? "no target answered"
      : `by ${visible(event.target)}${event.answered_model === null ? "" : `, model ${quoted(event.answered_model)}`}`;
  const first = event.first_token_ms === null ? "" : `, first token after ${duration(event.first_token_ms)}`;
  return `${event.status} ${visible(event.outcome)}, ${by}, in ${duration(event.duration_ms)}${first}`;
}

function facts(event: RequestEvent): [label: string, text: string][] {
  const who = event.consumer === null ? "a caller without a key" : `consumer ${quoted(event.consumer)}`;
  const rows: [string, string][] = [
    ["received", `${utc(event.at)} UTC`],
    ["asked", `${event.endpoint}${event.stream ? ", streamed" : ""}, model ${quoted(event.model)}, by ${who}`],
    ["outcome", outcome(event)],
    // nobody was asked, and nobody paid
    ["tokens", event.attempts.length === 0 ? "none" : tokens(event.usage)],
    ["cost", event.attempts.length === 0 ? "none" : cost(event.cost)],
    ...(event.carbon === undefined ? [] : explainCarbon(event.carbon)),
  ];
  if (event.finish_reasons.length > 0) rows.push(["finish", visible(event.finish_reasons.join(", "))]);
  if (event.degraded.length > 0) rows.push(["degraded", visible(event.degraded.join(", "))]);
  rows.push(["config", event.config]);
  return rows;
}

function policy(record: PolicyRecord, style: Style): string {
  const notes = [
    ...(record.reason_code === null ? [] : [visible(record.reason_code)]),
    ...(record.findings === 0 ? [] : [counted(record.findings, "finding")]),
    ...(record.score === null ? [] : [`score ${record.score}`]),
    ...(record.mode === "monitor" ? ["monitor: recorded only"] : []),
    ...(record.reasons === undefined ? [] : [`because of ${record.reasons.map(visible).join(", ")}`]),
  ];
  const verdict = markVerdict(record.verdict, record.verdict.padEnd(8), style);
  return `  ${record.phase.padEnd(6)}  ${visible(record.policy).padEnd(20)}  ${verdict}  ${notes.join(", ")}`.trimEnd();
}

function route({ route }: RequestEvent): string[] {
  if (route === null) return ["  not reached"];
  const width = Math.max(0, ...route.candidates.map(({ target }) => visible(target).length));
  const lines = [`  strategy ${visible(route.strategy)}, asked for ${quoted(route.asked)}`];
  for (const { target, dropped } of route.candidates) {
    const place = route.order.indexOf(target);
    const why =
      dropped === null ? (place === -1 ? "eligible" : `eligible, place ${place + 1}`) : `dropped: ${visible(dropped)}`;
    lines.push(`  ${visible(target).padEnd(width)}  ${why}`);
  }
  const because = route.decision === undefined ? "" : `; the first because: ${visible(route.decision)}`;
  lines.push(`  order: ${route.order.length === 0 ? "none" : visible(route.order.join(", "))}${because}`);
  return lines;
}

function attempt(record: AttemptRecord, at: number, style: Style): string[] {
  const ok = record.outcome === "ok";
  const status = record.status === null ? "no status" : `status ${record.status}`;
  const first = record.first_token_ms === null ? "" : `, first token at ${duration(record.first_token_ms)}`;
  const span = `${duration(record.started_ms)} to ${duration(record.ended_ms)}${first}`;
  const end = ok ? style.good(visible(record.outcome)) : style.bad(visible(record.outcome));
  const beside = record.hedge === true ? " as a hedge, beside one that was slow" : "";
  const place = record.region === undefined ? "" : ` in ${visible(record.region)}`;
  const lines = [
    `  ${at + 1}. ${visible(record.target)}${place} (${visible(record.provider)}, ${visible(record.model)})${beside}: ${end}, ${status}`,
    `     ${span}; tokens ${tokens(record.usage)}; cost ${cost(record.cost)}`,
  ];
  if (record.resent === true) lines.push("     sent twice: the connection kept from before closed under it");
  if (record.cause !== null) lines.push(`     cause: ${visible(record.cause)}`);
  return lines;
}

/** Everything known of one request, for people. Times of attempts count from the receipt of the request. */
export function explainText({ seq, hash, event }: StoredEvent, style: Style): string {
  const none = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? ["  none"] : lines);
  const lines = [
    style.bold(`Request ${visible(event.id)}: ${event.verdict}`),
    ...facts(event).map(([label, text]) => `  ${label.padEnd(9)} ${text}`),
    "",
    style.bold("Policies"),
    ...none(event.policies.map((record) => policy(record, style))),
    "",
    style.bold("Route"),
    ...route(event),
    "",
    ...(event.routing_trace == null
      ? []
      : [style.bold("Region"), ...explainRouting(event.routing_trace, event.target), ""]),
    style.bold("Attempts"),
    ...none(event.attempts.flatMap((record, at) => attempt(record, at, style))),
    "",
    style.dim(`Row ${seq} of the ledger, hash ${hash}`),
  ];
  return `${lines.join("\n")}\n`;
}
