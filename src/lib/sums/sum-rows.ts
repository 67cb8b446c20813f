import type { AttemptRecord, RequestEvent } from "../../schema/event.ts";
import { HOUR_MS, MINUTE_MS } from "../durations.ts";
import { NANO } from "../nano.ts";
import { isTargetFault } from "../outcomes.ts";
import { answering, type Emitted, emittedHere, ownUsd, sharesElsewhere } from "./shares.ts";

/** Width of a bucket of time. */
export const BUCKET_MS = 5 * MINUTE_MS;
/** For so long sums stay in buckets of {@link BUCKET_MS}; older ones are sums of an hour. */
export const FINE_MS = 48 * HOUR_MS;
/** Different sums in one bucket; what comes beyond them is counted under {@link otherKey}. */
export const MAX_KEYS = 1_000;

/** What can be asked for apart. */
export const DIMENSIONS = ["target", "model", "consumer", "region", "provider"] as const;
export type Dimension = (typeof DIMENSIONS)[number];
/** What a request is counted under. */
type Names = Readonly<Record<Dimension, string>>;

/**
 * What sums over requests hold, all of them whole numbers: whole numbers add up without an error, whatever their order.
 * Emissions and energy are in billionths of a gram and of a watt-hour. Rows are kept, so this list only grows, and
 * durations come behind it.
 */
export const VALUES = [
  "requests",
  "blocked",
  "redacted",
  "escalated",
  "errors",
  "cancelled",
  "promptTokens",
  "completionTokens",
  "nanoUsd",
  "costKnown",
  "costEstimated",
  "costUnknown",
  "nanoGrams",
  "nanoGramsLo",
  "nanoGramsHi",
  "nanoWattHours",
  "withCarbon",
] as const;
export type Value = (typeof VALUES)[number];

/** Each bound of durations is so many times the one before, from 1 ms on: a percentile is right to 12 %. */
export const GROWTH = 1.25;
/** Bounds of durations; what took longer than the last (1.3 million seconds) counts as that. */
const STEPS = 64;
/** The policy whose scores compare targets. */
const QUALITY = "quality-scorer";

/**
 * `total`: sums over all requests; `requests`: the same by what was asked for; `policy` and `decision`: how often a
 * policy or a routing decision said so; `quality`: what answers of a target scored; `failure`: attempts that failed, by
 * whom and for whom they were made.
 */
export const SUM_KINDS = ["total", "requests", "policy", "decision", "quality", "failure"] as const;
export type SumKind = (typeof SUM_KINDS)[number];

/** One row of sums. */
export interface SumRow {
  /** Start of its bucket, epoch milliseconds. */
  readonly at: number;
  readonly kind: SumKind;
  /** A JSON array of names. */
  readonly key: string;
  /**
   * `total`, `requests`: as {@link VALUES} says, then requests by step of duration; `quality`: answers, their scores in
   * millionths, and how many failed; else one count.
   */
  readonly values: readonly number[];
}

/** What several requests come to. What is not known is counted as not known. */
export function sumRows(events: Iterable<RequestEvent>): SumRow[] {
  const sums = new Sums();
  for (const event of events) {
    const at = Math.floor(event.at / BUCKET_MS) * BUCKET_MS;
    for (const row of rowsElsewhere(event, at)) {
      sums.add(row);
      sums.add({ ...row, kind: "total", key: "[]" });
    }
    const { key, values } = requestRow(event);
    sums.add({ at, kind: "requests", key, values });
    sums.add({ at, kind: "total", key: "[]", values });
    for (const row of qualityRows(event, at)) sums.add(row);
    for (const row of failureRows(event, at)) sums.add(row);
    for (const { policy, verdict, mode } of event.policies)
      sums.add({ at, kind: "policy", key: JSON.stringify([policy, verdict, mode]), values: [1] });
    const trace = event.routing_trace;
    if (trace == null) continue;
    const decision = JSON.stringify([trace.decision_mode, trace.decision_reason, trace.region]);
    sums.add({ at, kind: "decision", key: decision, values: [1] });
  }
  return sums.rows();
}

/** Rows of one bucket, kind and key become one; `widthMs` makes wider buckets of them. */
export function mergeRows(rows: Iterable<SumRow>, widthMs = BUCKET_MS): SumRow[] {
  const sums = new Sums();
  for (const row of rows) sums.add({ ...row, at: Math.floor(row.at / widthMs) * widthMs });
  return sums.rows();
}

/** Rows of one bucket, kind and key as one: what a request comes to is added where it belongs, and kept nowhere else. */
class Sums {
  readonly #merged = new Map<string, SumRow & { values: number[] }>();

  add({ at, kind, key, values }: SumRow): void {
    const name = `${at} ${kind} ${key}`;
    const known = this.#merged.get(name);
    if (known === undefined) this.#merged.set(name, { at, kind, key, values: [...values] });
    else addValues(known.values, values);
  }

  /** In the order in which they came up first. */
  rows(): SumRow[] {
    return [...this.#merged.values()];
  }
}

/** Adds up two lists of values, whatever their lengths. */
export function addValues(into: number[], from: readonly number[]): void {
  for (let at = 0; at < from.length; at++) into[at] = (into[at] ?? 0) + from[at]!;
}

/** The key of what is not counted apart. */
export function otherKey(kind: SumKind): string {
  const isByDimension = kind === "requests" || kind === "failure";
  return JSON.stringify(Array(isByDimension ? DIMENSIONS.length : 3).fill("(other)"));
}

const keyOf = (names: Names): string => JSON.stringify(DIMENSIONS.map((name) => names[name]));

/** What a request cost and emitted where it was not answered. */
function rowsElsewhere(event: RequestEvent, at: number): SumRow[] {
  return sharesElsewhere(event).map(({ attempt, usd, emitted }) => {
    const values = { ...(usd === null ? {} : paid(usd)), ...(emitted === null ? {} : emissionsOf(emitted)) };
    return { at, kind: "requests", key: attemptKey(attempt, event), values: valuesOf(values) };
  });
}

/** Attempts that failed, each where it was made: another target may have answered the request. */
function failureRows(event: RequestEvent, at: number): SumRow[] {
  return event.attempts
    .filter(({ outcome }) => isTargetFault(outcome))
    .map((attempt) => ({ at, kind: "failure", key: attemptKey(attempt, event), values: [1] }));
}

function attemptKey({ target, model, region, provider }: AttemptRecord, { consumer }: RequestEvent): string {
  return keyOf({ target, model, consumer: consumer ?? "(none)", region: region ?? "(unknown)", provider });
}

/** What answers scored, each under the target that gave it: one that failed may have been asked for anew elsewhere. */
function qualityRows({ policies, attempts, target: last }: RequestEvent, at: number): SumRow[] {
  return policies.flatMap(({ policy, score, verdict, reason_code: reason, target = last }): SumRow[] => {
    if (policy !== QUALITY || score === null || target === null) return [];
    const model = attempts.findLast((attempt) => attempt.target === target)?.model ?? "(none)";
    const values = [1, Math.round(score * 1e6), Number(verdict !== "allow" || reason !== null)];
    return [{ at, kind: "quality", key: JSON.stringify([policy, target, model]), values }];
  });
}

function paid(usd: number): Partial<Record<Value, number>> {
  return { nanoUsd: Math.round(usd * NANO), costKnown: 1 };
}

function valuesOf(values: Partial<Record<Value, number>>): number[] {
  return VALUES.map((name) => values[name] ?? 0);
}

/**
 * The model that a request counts under: as the target that answered, or was asked last, knows it; null: none was asked.
 * What a caller asks for can be anything, and what an upstream calls itself too; this stands in the configuration, with
 * its price.
 */
export function modelOf(event: RequestEvent): string | null {
  return (answering(event) ?? event.attempts.at(-1))?.model ?? null;
}

/** The region that a request counts under: where it was answered; null: nowhere, or nobody knows. */
export function regionOf(event: RequestEvent): string | null {
  return event.routing_trace?.region ?? event.carbon?.region ?? answering(event)?.region ?? null;
}

function requestRow(event: RequestEvent): Pick<SumRow, "key" | "values"> {
  const answered = answering(event);
  const names = {
    target: event.target ?? "(none)",
    model: modelOf(event) ?? "(none)",
    consumer: event.consumer ?? "(none)",
    region: regionOf(event) ?? "(unknown)",
    provider: answered?.provider ?? "(none)",
  };
  const { verdict, outcome, usage } = event;
  const values = valuesOf({
    requests: 1,
    blocked: Number(verdict === "block"),
    redacted: Number(verdict === "redact"),
    escalated: Number(verdict === "escalate"),
    cancelled: Number(outcome === "cancelled"),
    errors: Number(isError(event)),
    promptTokens: usage.prompt_tokens ?? 0,
    completionTokens: usage.completion_tokens ?? 0,
    ...costValues(event),
    ...carbonValues(event),
  });
  if (outcome === "ok") {
    while (values.length < VALUES.length + stepOf(event.duration_ms)) values.push(0);
    values.push(1);
  }
  return { key: keyOf(names), values };
}

/** Ours or the upstream's fault; a refusal that was meant is none. */
function isError({ outcome, status, verdict }: RequestEvent): boolean {
  if (outcome === "ok" || outcome === "cancelled" || verdict === "block" || verdict === "escalate") return false;
  return status >= 500 || (status === 200 && outcome !== "ok");
}

function costValues(event: RequestEvent): Partial<Record<Value, number>> {
  const { usd = null, basis = "unknown" } = event.cost ?? {};
  if (usd === null) return { costUnknown: Number(event.attempts.some(mayCost)) };
  const own = ownUsd(event);
  return { costEstimated: Number(basis === "estimated"), ...(own === null ? {} : paid(own)) };
}

/** Whether an attempt was paid for, for all that is known: one that was refused or failed at once was not. */
export function mayCost({ outcome, usage }: AttemptRecord): boolean {
  return outcome === "ok" || usage.basis !== "unknown";
}

function carbonValues(event: RequestEvent): Partial<Record<Value, number>> {
  const emitted = emittedHere(event);
  return emitted === null ? {} : { ...emissionsOf(emitted), withCarbon: Number(emitted.gco2e !== null) };
}

function emissionsOf(of: Emitted): Partial<Record<Value, number>> {
  const { gco2e: grams, gco2e_ci90_lo: lo, gco2e_ci90_hi: hi, energy_wh: energy } = of;
  const nanoWattHours = Math.round((energy ?? 0) * NANO);
  // a measured energy has no emissions where no grid is known, nor without the size of the machine
  if (grams === null) return { nanoWattHours };
  return {
    nanoGrams: Math.round(grams * NANO),
    nanoGramsLo: Math.round((lo ?? grams) * NANO),
    nanoGramsHi: Math.round((hi ?? grams) * NANO),
    nanoWattHours,
  };
}

function stepOf(ms: number): number {
  return Math.max(0, Math.min(STEPS - 1, Math.ceil(Math.log(Math.max(ms, 1)) / Math.log(GROWTH))));
}
