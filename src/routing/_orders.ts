import type { Candidate } from "./strategy.ts";

/** As configured. */
export const byPosition = (a: Candidate, b: Candidate): number => a.position - b.position;

/** The heaviest first, and as configured among equals. */
export const byWeight = (a: Candidate, b: Candidate): number => b.weight - a.weight || a.position - b.position;

/** A list with one of its members moved to the front. */
export function withFirst<C>(first: C, list: readonly C[]): readonly C[] {
  return list[0] === first ? list : [first, ...list.filter((each) => each !== first)];
}
