/**
 * Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b` (optimal string alignment over
 * UTF-16 units), given up (Infinity) once it must exceed `limit`.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let beforeLast: readonly number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? beforeLast[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, swapped, previous[j]! + 1, row[j - 1]! + 1));
    }
    if (Math.min(...row, ...previous) > limit) return Number.POSITIVE_INFINITY;
    beforeLast = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** The name that is most like `wanted`, for a hint; undefined where none is. See {@link nearestFew}. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  return nearestFew(wanted, names, 1)[0];
}

/**
 * At most `count` names that are like `wanted`, best first: within a third of its length in edits, or one holding the
 * other. Names longer than 128 units are not compared.
 */
export function nearestFew(wanted: string, names: readonly string[], count: number): readonly string[] {
  if (wanted === "" || wanted.length > 128) return [];
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const low = wanted.toLowerCase();
  return names
    .filter((name) => name.length <= 128)
    .map((name) => ({ name, distance: distanceOrPart(low, name.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

function distanceOrPart(a: string, b: string, limit: number): number {
  const part = a.length >= 3 && b.length >= 3 && (a.includes(b) || b.includes(a));
  return Math.min(editDistance(a, b, limit), part ? limit : Number.POSITIVE_INFINITY);
}
