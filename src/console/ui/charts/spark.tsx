import { stretches } from "./course.ts";

/** A course without axes, for a tile; where nothing is known there is a gap. */
export function Spark({ values }: { values: readonly (number | null)[] }) {
  const top = Math.max(...values.map((value) => value ?? 0), 0);
  if (values.length < 2 || top === 0) return <svg class="spark" viewBox="0 0 100 20" aria-hidden="true" />;
  const x = (at: number): string => ((100 * at) / (values.length - 1)).toFixed(2);
  const lines = stretches(values).map(({ from, known }) => {
    const line = known.map((value, at) => `${x(from + at)} ${(19 - (17 * value) / top).toFixed(2)}`).join("L");
    return { line: `M${line}`, end: from + known.length - 1, from };
  });
  return (
    <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
      <path class="under" d={lines.map(({ line, from, end }) => `${line}L${x(end)} 20L${x(from)} 20Z`).join("")} />
      <path d={lines.map(({ line }) => line).join("")} />
      <path class="alone" d={lines.map(({ line, from, end }) => (from === end ? `${line}h0` : "")).join("")} />
    </svg>
  );
}
