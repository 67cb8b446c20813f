import { tenths } from "../tenths.ts";
import { addValues, BUCKET_MS, GROWTH, type SumRow, VALUES, type Value } from "./sum-rows.ts";

/** Sums over requests; what each is, {@link VALUES} says. */
export type Sums = Readonly<Record<Value, number>>;

/** Sums of one bucket of time by what was asked for. */
export interface Cell {
  /** Start of the bucket, epoch milliseconds. */
  readonly at: number;
  /** In the order of `DIMENSIONS`; of totals none. */
  readonly names: readonly string[];
  /** As a {@link SumRow} has them: they are added up with `addValues`. */
  readonly values: readonly number[];
}

/** Sums of requests by time and by what was asked for. */
export class Rollup {
  readonly #widthMs: number;
  readonly #cells = new Map<string, Cell & { readonly values: number[] }>();

  /** What falls into the same `widthMs` is added up. */
  constructor(widthMs = BUCKET_MS) {
    this.#widthMs = widthMs;
  }

  /** Takes rows of totals, or of requests, in order of time; those of other kinds are left alone. */
  add(rows: readonly SumRow[]): void {
    for (const { at, kind, key, values } of rows) {
      if (kind !== "total" && kind !== "requests") continue;
      const start = Math.floor(at / this.#widthMs) * this.#widthMs;
      const place = `${start} ${key}`;
      const known = this.#cells.get(place);
      if (known !== undefined) addValues(known.values, values);
      else this.#cells.set(place, { at: start, names: JSON.parse(key) as string[], values: [...values] });
    }
  }

  /** All that was taken, oldest first. */
  cells(): Iterable<Cell> {
    return this.#cells.values();
  }
}

/** What values are the sums of. */
export function sumsOf(values: readonly number[]): Sums {
  return Object.fromEntries(VALUES.map((name, at) => [name, values[at] ?? 0])) as Sums;
}

/** The duration below which that share of the answered requests stayed, in ms; null without any. */
export function percentile(values: readonly number[], share: number): number | null {
  const durations = values.slice(VALUES.length);
  const total = durations.reduce((sum, each) => sum + each, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [step, number] of durations.entries()) {
    seen += number;
    if (seen >= share * total) return tenths(GROWTH ** (step - 0.5));
  }
  return null;
}
