import type { RequestEvent } from "../schema/event.ts";

/** Width of a bucket of time. */
export const BUCKET_MS = 5 * 60_000;
/** How far back buckets are kept: eight days, so that a week can be compared with itself. */
const KEPT_BUCKETS = (8 * 86_400_000) / BUCKET_MS;
/** Combinations of target, model, consumer and region in one bucket; what comes beyond them is counted under `other`. */
const MAX_CELLS = 256;
/** Bounds of durations: steps of a quarter from 1 ms, so that a percentile is right to 12 %. */
const STEPS = 64;
const GROWTH = 1.25;

/** What can be asked for apart. */
export const DIMENSIONS = ["target", "model", "consumer", "region", "provider"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Sums over requests. */
export interface Sums {
  requests: number;
  blocked: number;
  redacted: number;
  escalated: number;
  /** Ended with an error that was not the caller's: 5xx, and streams that broke. */
  errors: number;
  cancelled: number;
  promptTokens: number;
  completionTokens: number;
  /** USD of the requests whose cost is known. */
  usd: number;
  /** Requests whose cost is an estimate, and whose cost nobody knows. */
  costEstimated: number;
  costUnknown: number;
  /** gCO2e of the requests that have a receipt, with the bounds' sums, and how many those are. */
  grams: number;
  gramsLo: number;
  gramsHi: number;
  wattHours: number;
  withCarbon: number;
}

/** Sums, and how long the requests took. */
export interface Cell extends Sums {
  readonly names: Readonly<Record<Dimension, string>>;
  /** Requests by duration step; only those that were answered. */
  readonly durations: Uint32Array;
}

/** What of a request's carbon is summed up. */
export interface CarbonFigures {
  readonly grams: number;
  readonly gramsLo: number;
  readonly gramsHi: number;
  readonly wattHours: number;
}

/** A request as far as sums go. */
export interface RollupRow {
  readonly event: RequestEvent;
  readonly region: string | null;
  readonly carbon: CarbonFigures | null;
}

/** No request at all. */
export function noSums(): Sums {
  return {
    requests: 0,
    blocked: 0,
    redacted: 0,
    escalated: 0,
    errors: 0,
    cancelled: 0,
    promptTokens: 0,
    completionTokens: 0,
    usd: 0,
    costEstimated: 0,
    costUnknown: 0,
    grams: 0,
    gramsLo: 0,
    gramsHi: 0,
    wattHours: 0,
    withCarbon: 0,
  };
}

/** Sums of requests by five minutes, bounded in time and in number. What is not known is counted as not known. */
export class Rollup {
  readonly #buckets = new Map<number, Map<string, Cell>>();

  /** Counts one request in. */
  add(row: RollupRow): void {
    const at = Math.floor(row.event.at / BUCKET_MS) * BUCKET_MS;
    const cell = this.#cell(at, namesOf(row));
    count(cell, row);
    if (this.#buckets.size > KEPT_BUCKETS) this.#forget();
  }

  /** The cells of one stretch of time, oldest first. */
  *cells(sinceMs: number, untilMs: number): Generator<{ readonly at: number; readonly cell: Cell }> {
    const times = [...this.#buckets.keys()].filter((at) => at + BUCKET_MS > sinceMs && at <= untilMs);
    for (const at of times.sort((a, b) => a - b))
      for (const cell of this.#buckets.get(at)!.values()) yield { at, cell };
  }

  #cell(at: number, names: Readonly<Record<Dimension, string>>): Cell {
    let bucket = this.#buckets.get(at);
    if (bucket === undefined) {
      bucket = new Map();
      this.#buckets.set(at, bucket);
    }
    const key = JSON.stringify(names);
    const known = bucket.get(key);
    if (known !== undefined) return known;
    if (bucket.size >= MAX_CELLS && names.target !== OTHER.target) return this.#cell(at, OTHER);
    const made: Cell = { ...noSums(), names, durations: new Uint32Array(STEPS) };
    bucket.set(key, made);
    return made;
  }

  #forget(): void {
    const oldest = Math.min(...this.#buckets.keys());
    this.#buckets.delete(oldest);
  }
}

const OTHER: Readonly<Record<Dimension, string>> = {
  target: "(other)",
  model: "(other)",
  consumer: "(other)",
  region: "(other)",
  provider: "(other)",
};

function namesOf({ event, region }: RollupRow): Readonly<Record<Dimension, string>> {
  const answered = event.attempts.find(({ target }) => target === event.target);
  return {
    target: event.target ?? "(none)",
    model: event.answered_model ?? event.model ?? "(none)",
    consumer: event.consumer ?? "(none)",
    region: region ?? "(unknown)",
    provider: answered?.provider ?? "(none)",
  };
}

function count(cell: Cell, { event, carbon }: RollupRow): void {
  cell.requests++;
  if (event.verdict === "block") cell.blocked++;
  else if (event.verdict === "redact") cell.redacted++;
  else if (event.verdict === "escalate") cell.escalated++;
  if (event.outcome === "cancelled") cell.cancelled++;
  else if (isError(event)) cell.errors++;
  cell.promptTokens += event.usage.prompt_tokens ?? 0;
  cell.completionTokens += event.usage.completion_tokens ?? 0;
  if (event.attempts.length > 0) {
    const { usd = null, basis = "unknown" } = event.cost ?? {};
    if (usd === null) cell.costUnknown++;
    else {
      cell.usd += usd;
      if (basis === "estimated") cell.costEstimated++;
    }
  }
  if (event.outcome === "ok") cell.durations[stepOf(event.duration_ms)]!++;
  if (carbon === null) return;
  cell.withCarbon++;
  cell.grams += carbon.grams;
  cell.gramsLo += carbon.gramsLo;
  cell.gramsHi += carbon.gramsHi;
  cell.wattHours += carbon.wattHours;
}

/** Ours or the upstream's fault; a refusal that was meant is none. */
function isError({ outcome, status, verdict }: RequestEvent): boolean {
  if (outcome === "ok" || verdict === "block" || verdict === "escalate") return false;
  return status >= 500 || (status === 200 && outcome !== "ok");
}

function stepOf(ms: number): number {
  return Math.max(0, Math.min(STEPS - 1, Math.ceil(Math.log(Math.max(ms, 1)) / Math.log(GROWTH))));
}

/** Adds up sums. */
export function addSums(into: Sums, from: Sums): void {
  for (const key of Object.keys(noSums()) as (keyof Sums)[]) into[key] += from[key];
}

/** The duration below which that share of requests stayed, in ms; null without any. */
export function percentile(durations: Uint32Array, share: number): number | null {
  const total = durations.reduce((sum, each) => sum + each, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [step, number] of durations.entries()) {
    seen += number;
    if (seen >= share * total) return Math.round(GROWTH ** (step - 0.5) * 10) / 10;
  }
  return null;
}
