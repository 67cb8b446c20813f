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

/** What is known of a course, stretch by stretch: where each begins, and its values. */
export function stretches(values: readonly (number | null)[]): { from: number; known: number[] }[] {
  const found: { from: number; known: number[] }[] = [];
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    const last = found.at(-1);
    if (last !== undefined && last.from + last.known.length === at) last.known.push(value);
    else found.push({ from: at, known: [value] });
  }
  return found;
}
