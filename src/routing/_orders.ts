import type { Candidate } from "./strategy.ts";

/** Up to so many, moving each to its place costs a quarter of what the engine's sort does. */
const FEW = 16;

/** A sorted copy; equals stay in their order. */
export function sorted<C>(list: readonly C[], compare: (a: C, b: C) => number): C[] {
  const copy = [...list];
  if (copy.length > FEW) return copy.sort(compare);
  for (let at = 1; at < copy.length; at++) {
    const moved = copy[at]!;
    let to = at;
    for (; to > 0 && compare(copy[to - 1]!, moved) > 0; to--) copy[to] = copy[to - 1]!;
    copy[to] = moved;
  }
  return copy;
}

/** As configured. */
export const byPosition = (a: Candidate, b: Candidate): number => a.position - b.position;

/** The heaviest first, and as configured among equals. */
export const byWeight = (a: Candidate, b: Candidate): number => b.weight - a.weight || a.position - b.position;

/** As configured, from whoever has this turn on; those before it come last. */
export function inTurnFrom<C extends Candidate>(eligible: readonly C[], turn: number): readonly C[] {
  const inOrder = [...eligible].sort(byPosition);
  const at = inOrder.length === 0 ? 0 : turn % inOrder.length;
  return [...inOrder.slice(at), ...inOrder.slice(0, at)];
}

/** A list with one of its members moved to the front. */
export function withFirst<C>(first: C, list: readonly C[]): readonly C[] {
  return list[0] === first ? list : [first, ...list.filter((each) => each !== first)];
}

/**
 * The default path's regions in its order, then the others as configured; those without a region last. The targets that
 * declare the requested model come first all the same.
 */
export const byDefaultPath = (a: Candidate, b: Candidate): number =>
  Number(b.servesModel) - Number(a.servesModel) || compare(rankOf(a), rankOf(b)) || byPosition(a, b);

/** Places behind the whole path: a region that is not on it, and none at all. */
const rankOf = ({ region }: Candidate): number =>
  region === null ? Number.POSITIVE_INFINITY : Math.min(region.pathRank, Number.MAX_VALUE);

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
