import { NANO } from "../../lib/nano.ts";
import { percentile, type Rollup, sumsOf } from "../../lib/sums/rollup.ts";
import { addValues, BUCKET_MS, DIMENSIONS, type Dimension } from "../../lib/sums/sum-rows.ts";
import type { Figures } from "../../schema/views/figures.ts";
import type { Figures as LedgerFigures } from "./figures.ts";
import { type Span, stepOf } from "./time-range.ts";

/** What figures can be asked for by. */
export type Grouping = Dimension | "day";

function gather(into: Map<string, number[]>, key: string, values: readonly number[]): void {
  const known = into.get(key) ?? [];
  addValues(known, values);
  into.set(key, known);
}

/** The course of a stretch of time, what all of it comes to, and what as long a time before did. */
export function overview(rollup: Rollup, span: Span, about: { nowMs: number; coversSince: number | null }) {
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
export function grouped(rollup: Rollup, by: Grouping) {
  const groups = new Map<string, number[]>();
  const nameOf = groupNames(by);
  for (const { at, names, values } of rollup.cells()) gather(groups, nameOf(at, names), values);
  const rows = [...groups].map(([name, gathered]) => ({ name, ...shown(gathered) }));
  if (by === "day") return rows.sort((a, b) => a.name.localeCompare(b.name));
  return rows.sort((a, b) => (b.usd ?? 0) - (a.usd ?? 0) || b.requests - a.requests);
}

/** {@link grouped}, with the attempts that failed there, also where nobody answered. */
export function withFailures({ rollup, tallies }: LedgerFigures, { since, until }: Span, by: Grouping) {
  const nameOf = groupNames(by);
  const failures = new Map<string, number>();
  for (const { at, counts } of tallies.failures(since, until)) {
    for (const { names, count } of counts) {
      const name = nameOf(at, names);
      failures.set(name, (failures.get(name) ?? 0) + count);
    }
  }
  const groups = grouped(rollup, by);
  const answered = new Set(groups.map(({ name }) => name));
  const others = [...failures.keys()].filter((name) => !answered.has(name)).map((name) => ({ name, ...shown() }));
  const rows = [...groups, ...others].map((row) => ({ ...row, failed_attempts: failures.get(row.name) ?? 0 }));
  return by === "day" ? rows.sort((a, b) => a.name.localeCompare(b.name)) : rows;
}

function groupNames(by: Grouping): (atMs: number, names: readonly string[]) => string {
  if (by === "day") return (atMs) => new Date(atMs).toISOString().slice(0, 10);
  const place = DIMENSIONS.indexOf(by);
  return (_, names) => names[place] ?? "(none)";
}

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
