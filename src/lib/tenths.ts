/** A number to one decimal, as people read milliseconds and grams; cheaper to print than toFixed. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
