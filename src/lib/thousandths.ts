/** A number to three decimals: milliseconds to the microsecond, scores to what anybody compares. */
export function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
