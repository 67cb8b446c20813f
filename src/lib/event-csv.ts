import type { RequestEvent } from "../schema/event.ts";

type Value = string | number | boolean | null;

const COLUMNS: Readonly<Record<string, (event: RequestEvent) => Value>> = {
  id: (event) => event.id,
  received: (event) => new Date(event.at).toISOString(),
  endpoint: (event) => event.endpoint,
  stream: (event) => event.stream,
  consumer: (event) => event.consumer,
  model: (event) => event.model,
  answered_model: (event) => event.answered_model,
  target: (event) => event.target,
  verdict: (event) => event.verdict,
  status: (event) => event.status,
  outcome: (event) => event.outcome,
  finish_reasons: (event) => event.finish_reasons.join(" "),
  prompt_tokens: (event) => event.usage.prompt_tokens,
  completion_tokens: (event) => event.usage.completion_tokens,
  cached_tokens: (event) => event.usage.cached_tokens,
  reasoning_tokens: (event) => event.usage.reasoning_tokens,
  usage_basis: (event) => event.usage.basis,
  cost_usd: (event) => event.cost?.usd ?? null,
  cost_basis: (event) => event.cost?.basis ?? null,
  first_token_ms: (event) => event.first_token_ms,
  duration_ms: (event) => event.duration_ms,
  strategy: (event) => event.route?.strategy ?? null,
  region: (event) => event.carbon?.region ?? event.routing_trace?.region ?? null,
  decision_mode: (event) => event.routing_trace?.decision_mode ?? null,
  receipt_id: (event) => event.carbon?.receipt_id ?? null,
  grid_temporal_match: (event) => event.carbon?.temporal_match ?? null,
  energy_wh: (event) => event.carbon?.energy_wh ?? null,
  gco2e: (event) => event.carbon?.gco2e ?? null,
  gco2e_ci90_lo: (event) => event.carbon?.gco2e_ci90_lo ?? null,
  gco2e_ci90_hi: (event) => event.carbon?.gco2e_ci90_hi ?? null,
  attempts: (event) => event.attempts.map(({ target, outcome }) => `${target}=${outcome}`).join(" "),
  policies: (event) =>
    event.policies
      .map(({ policy, phase, verdict, reason_code }) => `${policy}/${phase}=${reason_code ?? verdict}`)
      .join(" "),
  degraded: (event) => event.degraded.join(" "),
  config: (event) => event.config,
};

/** What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection), full-width forms included. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/** A cell of RFC 4180 that no spreadsheet takes for a formula. */
export function csvCell(value: Value): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The first line of events as CSV (RFC 4180, with CRLF). */
export const csvHead = `${["seq", ...Object.keys(COLUMNS), "hash"].join(",")}\r\n`;

/** One event as one record, with its place in the ledger. Lists are joined by spaces; JSON holds everything. */
export function csvLine(event: RequestEvent, { seq, hash }: { readonly seq: number; readonly hash: string }): string {
  const cells = Object.values(COLUMNS).map((read) => csvCell(read(event)));
  return `${[seq, ...cells, hash].join(",")}\r\n`;
}
