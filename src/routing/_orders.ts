import type { Candidate } from "./strategy.ts";

/** Up to so many, moving each to its place costs a fraction of what the engine's sort does. */
const FEW = 64;

/** A sorted copy; equals stay in their order. What is in order already costs one look at each. */
export function sorted<C>(list: readonly C[], compare: (a: C, b: C) => number): C[] {
  const copy = [...list];
  if (copy.length > FEW) return copy.sort(compare);
  for (let at = 1; at < copy.length; at++) {
    const moved = copy[at]!;
    if (compare(copy[at - 1]!, moved) <= 0) continue;
    const to = placeOf(moved, { list: copy, end: at - 1, compare });
    for (let from = at; from > to; from--) copy[from] = copy[from - 1]!;
    copy[to] = moved;
  }
  return copy;
}

/** Where in the sorted beginning of a list one belongs that comes before the member at `end`: behind its equals. */
function placeOf<C>(moved: C, of: { list: readonly C[]; end: number; compare: (a: C, b: C) => number }): number {
  let low = 0;
  let high = of.end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of.compare(of.list[middle]!, moved) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Configured order. */
export const byPosition = (a: Candidate, b: Candidate): number => a.position - b.position;

/** The heaviest first, and as configured among equals. */
export const byWeight = (a: Candidate, b: Candidate): number => b.weight - a.weight || a.position - b.position;

/** Configured order, beginning with the candidate whose turn it is; those before it come last. */
export function inTurnFrom<C extends Candidate>(eligible: readonly C[], turn: number): readonly C[] {
  const inOrder = sorted(eligible, byPosition);
  const at = inOrder.length === 0 ? 0 : turn % inOrder.length;
  return [...inOrder.slice(at), ...inOrder.slice(0, at)];
}

/** A list with one of its members moved to the front. */
export function withFirst<C>(first: C, list: readonly C[]): readonly C[] {
  if (list[0] === first) return list;
  const order = [first];
  for (const each of list) if (each !== first) order.push(each);
  return order;
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
