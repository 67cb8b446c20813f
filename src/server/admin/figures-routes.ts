import { DAY_MS, HOUR_MS } from "../../lib/durations.ts";
import { MOMENT_FORMS } from "../../lib/moment.ts";
import { NANO } from "../../lib/nano.ts";
import { percentile, type Rollup, sumsOf } from "../../lib/sums/rollup.ts";
import { addValues, BUCKET_MS, DIMENSIONS, type Dimension, FINE_MS } from "../../lib/sums/sum-rows.ts";
import { Costs, type Figures, Overview } from "../../schema/views/figures.ts";
import { alarmsOf } from "../alarms.ts";
import type { ServerOptions } from "../options.ts";
import { type Call, json, type Parameter, type Route } from "../route.ts";
import { budgetsOf, pricesOf } from "./costs-view.ts";
import { accessBy } from "./events-routes.ts";
import { figuresOf, type Figures as LedgerFigures } from "./figures.ts";
import { badParameter, momentOf, textParameter } from "./query.ts";

const MAX_BUCKETS = 120;

/** The parameters that {@link rangeOf} reads. */
export const RANGE: readonly Parameter[] = [
  textParameter(
    "since",
    `From: ${MOMENT_FORMS}; 24h where absent. Counted in whole five minutes, hours from two days ago on`,
  ),
  textParameter("until", "To, written as since; now where absent"),
];

/** `/api/overview` and `/api/costs`: sums over the ledger, for people and dashboards. */
export function figuresRoutes({ runtime, ledger, clock, recordAccess, watched }: ServerOptions): Route[] {
  const facts = { method: "GET", openAi: false, access: "admin", tag: "Admin", errors: ["invalid_request"] } as const;
  return [
    {
      ...facts,
      path: "/api/overview",
      summary: "Requests, verdicts, errors, latency, spend and carbon over a stretch of time, with its course",
      parameters: RANGE,
      answer: { description: "The figures, and those of as long a time before", schema: Overview },
      handle: async (call) => {
        const range = rangeOf(call, clock.now());
        await recordAccess(accessBy(call, Object.fromEntries(call.query)));
        const figures = await figuresOf(ledger, { ...range, since: 2 * range.since - range.until, kinds: ["total"] });
        const about = { nowMs: clock.now(), coversSince: figures.sinceMs };
        return json({ ...overview(figures.rollup, range, about), alarms: alarmsOf(watched()) });
      },
    },
    {
      ...facts,
      path: "/api/costs",
      summary: "The same figures by target, model, consumer, region, provider or day; budgets, and prices",
      parameters: [...RANGE, textParameter("by", `${DIMENSIONS.join(", ")} or day; model where absent`)],
      answer: { description: "One row each, the dearest first; days in order", schema: Costs },
      handle: async (call) => {
        const range = rangeOf(call, clock.now());
        await recordAccess(accessBy(call, Object.fromEntries(call.query)));
        const by = call.query.get("by") ?? "model";
        if (by !== "day" && !DIMENSIONS.some((name) => name === by))
          throw badParameter("by", `must be one of ${DIMENSIONS.join(", ")}, day`);
        const kind = by === "day" ? "total" : "requests";
        const figures = await figuresOf(ledger, { ...range, kinds: [kind, "failure"], widthMs: DAY_MS });
        const groups = withFailures(figures, range, by as Dimension | "day");
        const { config } = runtime.gateway;
        const budgets = budgetsOf(config, runtime.gateway.spending(), clock.now());
        return json({ ...range, covers_since: figures.sinceMs, by, groups, budgets, prices: pricesOf(config) });
      },
    },
  ];
}

/** A stretch of time, epoch milliseconds. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** The stretch of time that `since` and `until` ask for; the last 24 hours without them. Throws `invalid_request`. */
export function rangeOf({ query }: Call, nowMs: number): Span {
  const until = momentOf(query, "until", nowMs) ?? nowMs;
  const since = momentOf(query, "since", nowMs) ?? until - DAY_MS;
  if (since >= until) throw badParameter("since", "must lie before until");
  return { since, until };
}

/** Width of the steps in which the course of a stretch of time is shown: {@link MAX_BUCKETS} or fewer. */
export function stepOf({ since, until }: Span, nowMs: number): number {
  const least = since < nowMs - FINE_MS ? HOUR_MS : BUCKET_MS;
  return Math.max(1, Math.ceil((until - since) / MAX_BUCKETS / least)) * least;
}

function gather(into: Map<string, number[]>, key: string, values: readonly number[]): void {
  const known = into.get(key) ?? [];
  addValues(known, values);
  into.set(key, known);
}

function overview(rollup: Rollup, span: Span, about: { nowMs: number; coversSince: number | null }) {
  const bucketMs = stepOf(span, about.nowMs);
  const series = new Map<string, number[]>();
  const first = Math.floor(span.since / bucketMs) * bucketMs;
  const whole = new Map<string, number[]>();
  for (const { at, values } of rollup.cells()) {
    const isNow = at + BUCKET_MS > span.since;
    gather(whole, isNow ? "now" : "before", values);
    if (isNow) gather(series, String(Math.floor(at / bucketMs) * bucketMs), values);
  }
  const points = [];
  for (let at = first; at <= span.until; at += bucketMs) points.push({ at, ...shown(series.get(String(at))) });
  return {
    ...span,
    covers_since: about.coversSince,
    totals: shown(whole.get("now")),
    before: shown(whole.get("before")),
    bucket_ms: bucketMs,
    series: points,
  };
}

/** What everything comes to. */
export function totalsOf(rollup: Rollup): Figures {
  const whole: number[] = [];
  for (const { values } of rollup.cells()) addValues(whole, values);
  return shown(whole);
}

/** The figures by what they are asked for, the dearest first; days in order. */
export function grouped(rollup: Rollup, by: Dimension | "day") {
  const groups = new Map<string, number[]>();
  const place = (DIMENSIONS as readonly string[]).indexOf(by);
  for (const { at, names, values } of rollup.cells())
    gather(groups, by === "day" ? dayOf(at) : (names[place] ?? "(none)"), values);
  const rows = [...groups].map(([name, gathered]) => ({ name, ...shown(gathered) }));
  if (by === "day") return rows.sort((a, b) => a.name.localeCompare(b.name));
  return rows.sort((a, b) => (b.usd ?? 0) - (a.usd ?? 0) || b.requests - a.requests);
}

/** The same with the attempts that failed there, also where nobody answered. */
function withFailures({ rollup, tallies }: LedgerFigures, { since, until }: Span, by: Dimension | "day") {
  const place = (DIMENSIONS as readonly string[]).indexOf(by);
  const failures = new Map<string, number>();
  for (const { at, counts } of tallies.failures(since, until)) {
    for (const { names, count } of counts) {
      const name = by === "day" ? dayOf(at) : (names[place] ?? "(none)");
      failures.set(name, (failures.get(name) ?? 0) + count);
    }
  }
  const groups = grouped(rollup, by);
  const answered = new Set(groups.map(({ name }) => name));
  const others = [...failures.keys()].filter((name) => !answered.has(name)).map((name) => ({ name, ...shown() }));
  const rows = [...groups, ...others].map((row) => ({ ...row, failed_attempts: failures.get(row.name) ?? 0 }));
  return by === "day" ? rows.sort((a, b) => a.name.localeCompare(b.name)) : rows;
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

function shown(values: readonly number[] = []) {
  const sums = sumsOf(values);
  const carbon = (nano: number): number | null => (sums.withCarbon > 0 ? nano / NANO : null);
  // where no grid is known, or no model size, energy may be known alone
  const energy = sums.nanoWattHours > 0 ? sums.nanoWattHours / NANO : carbon(0);
  return {
    requests: sums.requests,
    blocked: sums.blocked,
    redacted: sums.redacted,
    escalated: sums.escalated,
    errors: sums.errors,
    cancelled: sums.cancelled,
    prompt_tokens: sums.promptTokens,
    completion_tokens: sums.completionTokens,
    usd: sums.costKnown > 0 ? sums.nanoUsd / NANO : null,
    cost_estimated: sums.costEstimated,
    cost_unknown: sums.costUnknown,
    gco2e: carbon(sums.nanoGrams),
    gco2e_ci90_lo: carbon(sums.nanoGramsLo),
    gco2e_ci90_hi: carbon(sums.nanoGramsHi),
    energy_wh: energy,
    with_receipt: sums.withCarbon,
    p50_ms: percentile(values, 0.5),
    p95_ms: percentile(values, 0.95),
  };
}
