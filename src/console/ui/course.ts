/** Points that a chart has at least, so that it shows a course. */
const LEAST = 12;

/** A course from where something is known: before the oldest request that is kept there is nothing to show. */
export function fromKnown<Point extends { readonly at: number }>(
  series: readonly Point[],
  coversSince: number | null,
): readonly Point[] {
  const first = series.findIndex(({ at }) => at >= (coversSince ?? Number.POSITIVE_INFINITY));
  return series.slice(Math.max(0, Math.min(first === -1 ? series.length : first - 1, series.length - LEAST)));
}
