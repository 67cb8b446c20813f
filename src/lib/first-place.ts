/**
 * The first of the places 0 to `count` - 1 where `holds`, by bisection: it must hold at every place behind one where it
 * does. `count` where it holds at none.
 */
export function firstPlace(count: number, holds: (place: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
