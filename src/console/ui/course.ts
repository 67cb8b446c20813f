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

/** A stretch without values is a gap from this many usual steps on. */
const GAP_STEPS = 4;

/** A course with an empty point in each stretch in which nothing was heard, so that no line is drawn through it. */
export function withGaps<Point extends { readonly at: number }>(course: readonly Point[]): (Point | { at: number })[] {
  const steps = course.slice(1).map(({ at }, index) => at - course[index]!.at);
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  return course.flatMap((point, index) => {
    const step = steps[index] ?? 0;
    return step > GAP_STEPS * usual ? [point, { at: point.at + step / 2 }] : [point];
  });
}

/** Places of values with nothing on either side of them: no line shows them, so a point has to. */
export function alone(values: readonly (number | null)[]): number[] {
  return values.flatMap((value, at) =>
    value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null ? [at] : [],
  );
}
