import { CONSTANTS } from "./methodology.ts";

/** A value and the bounds that hold it nine times in ten. */
export interface Estimate {
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
}

/** The log-normal interval of a value whose logarithm is off by independent errors of these standard deviations. */
export function around(value: number, sigmas: readonly number[]): Estimate {
  const sigma = Math.sqrt(sigmas.reduce((sum, each) => sum + each * each, 0));
  const factor = Math.exp(CONSTANTS.z90 * sigma);
  return { value, lo: value / factor, hi: value * factor };
}

/** The standard deviation of what lies between two bounds nine times in ten; 0 where they are one. */
export function sigmaOfRange(lo: number, hi: number): number {
  return lo > 0 && hi > lo ? Math.log(hi / lo) / (2 * CONSTANTS.z90) : 0;
}

/** Sums of values and of bounds: errors of parts are taken to go together. */
export function sumOf(parts: readonly Estimate[]): Estimate {
  const sum = { value: 0, lo: 0, hi: 0 };
  for (const { value, lo, hi } of parts) {
    sum.value += value;
    sum.lo += lo;
    sum.hi += hi;
  }
  return sum;
}
