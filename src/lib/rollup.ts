import { BUCKET_MS, GROWTH, type SumRow, VALUES, type Value } from "./sum-rows.ts";

/** Sums over requests; what each is, {@link VALUES} says. */
export type Sums = Readonly<Record<Value, number>>;

/** Sums of one bucket of time by what was asked for. */
export interface Cell {
  /** Start of the bucket, epoch milliseconds. */
  readonly at: number;
  /** In the order of `DIMENSIONS`. */
  readonly names: readonly string[];
  /** As a {@link SumRow} has them: they are added up with `addValues`. */
  readonly values: readonly number[];
}

/** Sums of requests by time. */
export class Rollup {
  readonly #cells: Cell[] = [];
  readonly #names = new Map<string, readonly string[]>();

  /** Takes rows, which come in order of time; those of other kinds are left alone. */
  add(rows: readonly SumRow[]): void {
    for (const { at, kind, key, values } of rows)
      if (kind === "requests") this.#cells.push({ at, names: this.#named(key), values });
  }

  /** The cells of one stretch of time, oldest first. */
  *cells(sinceMs: number, untilMs: number): Generator<Cell> {
    for (const cell of this.#cells) if (cell.at + BUCKET_MS > sinceMs && cell.at <= untilMs) yield cell;
  }

  #named(key: string): readonly string[] {
    const known = this.#names.get(key) ?? (JSON.parse(key) as readonly string[]);
    this.#names.set(key, known);
    return known;
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
    if (seen >= share * total) return Math.round(GROWTH ** (step - 0.5) * 10) / 10;
  }
  return null;
}
