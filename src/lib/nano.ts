/**
 * Sums of dollars, grams and watt-hours are kept in whole billionths of them: they add up without an error, dollars up to
 * nine millions.
 */
export const NANO = 1_000_000_000;
