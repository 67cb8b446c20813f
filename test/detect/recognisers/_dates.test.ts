import { expect, test } from "bun:test";
import fc from "fast-check";
import { dayExists, isDayMonthYear, isYearMonthDay } from "../../../src/detect/recognisers/_dates.ts";

test("dayExists agrees with the calendar for years of four digits", () => {
  const part = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1800, max: 2100 }), part, part, (year, month, day) => {
      const date = new Date(Date.UTC(year, month - 1, day));
      const real =
        month >= 1 && month <= 12 && day >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
      expect(dayExists(year, month, day)).toBe(real);
    }),
    { numRuns: 2000 },
  );
});

test("29 February of a year of two digits is a day where one of the centuries leaps", () => {
  expect(dayExists(0, 2, 29)).toBe(true);
  expect(dayExists(4, 2, 29)).toBe(true);
  expect(dayExists(1, 2, 29)).toBe(false);
});

test("the order of the parts counts", () => {
  expect(isYearMonthDay("851231")).toBe(true);
  expect(isDayMonthYear("851231")).toBe(false);
  expect(isDayMonthYear("311285")).toBe(true);
});
