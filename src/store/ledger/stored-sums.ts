import { HOUR_MS } from "../../lib/durations.ts";
import { SUM_KINDS, type SumRow } from "../../lib/sums/sum-rows.ts";

/** A row of sums as a database gives it. */
export interface StoredSums {
  /** Text where the client has no numbers above 2^53. */
  readonly at: number | string;
  readonly kind: SumRow["kind"];
  readonly key: string;
  readonly amounts: string;
}

/** Every kind of sums, as SQL lists them. */
export const KINDS = SUM_KINDS.map((kind) => `'${kind}'`).join(", ");

/** A row of sums as everybody else has it. */
export function sumRow({ at, kind, key, amounts }: StoredSums): SumRow {
  return { at: Number(at), kind, key, values: JSON.parse(amounts) as number[] };
}

/** When a moment's hour begins. */
export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}
